import { Module, type DynamicModule } from '@nestjs/common';
import { SocketsModule } from '../../src/index.js';
import { redisEngine } from '../../src/redis/index.js';
import { ROOMS } from '../cluster-messages.js';
import { GamesModule } from '../games/games.module.js';
import { AuthHandler } from '../hall/auth.handler.js';
import { HALL_OPTIONS, type ClusterOptions, type HallOptions } from '../hall/hall.options.js';
import { ValidateGameHandler } from '../hall/validate-game.handler.js';
import { VerdictBook } from '../hall/verdict-book.js';
import { WatcherHandlers } from '../hall/watcher.handlers.js';
import type { HallTelemetry } from '../telemetry/hall-telemetry.module.js';
import { PageController } from '../web/page.controller.js';
import { WatcherPasses } from '../web/watcher-passes.service.js';
import { Doorkeeper } from './doorkeeper.service.js';
import { NodeHandlers } from './node.handlers.js';
import { OrganiserHandlers } from './organiser.handlers.js';
import { PublishedVerdicts } from './published-verdicts.service.js';

// More than there are games: the organiser misses no verdict, however long it is away.
const VERDICTS_KEPT = 10_000;
const BOARDS_KEPT = 200;
// The organiser's handlers wait for workers, who may go at the same time: not long then.
const MILLISECONDS_TO_STOP = 1_000;

/**
 * The server of the game hall as one of several nodes. It knows nothing that the others do not: who
 * is there and what was judged is in Redis, and the organiser counts.
 */
@Module({})
export class NodeModule {
  static forRoot(
    options: HallOptions,
    { redisUrl, prefix }: ClusterOptions,
    measures: HallTelemetry,
  ): DynamicModule {
    const { authKey, serverKey } = options;
    return {
      module: NodeModule,
      controllers: [PageController],
      imports: [
        SocketsModule.forRoot({
          authKey,
          serverKey,
          port: 'http',
          telemetry: measures.telemetry,
          shutdownTimeout: MILLISECONDS_TO_STOP,
          engine: redisEngine({ url: redisUrl, prefix }),
          rooms: {
            [ROOMS.everybody]: { presence: true },
            [ROOMS.hall]: { history: BOARDS_KEPT },
            [ROOMS.verdicts]: { history: VERDICTS_KEPT },
          },
        }),
        measures.module,
        GamesModule,
      ],
      providers: [
        { provide: HALL_OPTIONS, useValue: options },
        { provide: VerdictBook, useClass: PublishedVerdicts },
        AuthHandler,
        Doorkeeper,
        ValidateGameHandler,
        NodeHandlers,
        OrganiserHandlers,
        WatcherHandlers,
        WatcherPasses,
      ],
    };
  }
}
