import { Module, type DynamicModule } from '@nestjs/common';
import { SocketsModule } from '../src/index.js';
import { GamesModule } from './games/games.module.js';
import { AuthHandler } from './hall/auth.handler.js';
import { GameHall } from './hall/game-hall.service.js';
import { HallHandlers } from './hall/hall.handlers.js';
import { HALL_OPTIONS, type HallOptions } from './hall/hall.options.js';
import { LiveHall } from './hall/live-hall.service.js';
import { ValidateGameHandler } from './hall/validate-game.handler.js';
import { VerdictBook } from './hall/verdict-book.js';
import { WatcherHandlers } from './hall/watcher.handlers.js';
import { HallTelemetryModule } from './telemetry/hall-telemetry.module.js';
import { PageController } from './web/page.controller.js';
import { WatcherPasses } from './web/watcher-passes.service.js';

/** The server of the game hall. Handlers are providers like any other. */
@Module({})
export class ServerModule {
  static forRoot(options: HallOptions, measures = HallTelemetryModule.create()): DynamicModule {
    return {
      module: ServerModule,
      controllers: [PageController],
      imports: [
        SocketsModule.forRoot({
          authKey: options.authKey,
          serverKey: options.serverKey,
          port: 'http',
          telemetry: measures.telemetry,
        }),
        measures.module,
        GamesModule,
      ],
      providers: [
        { provide: HALL_OPTIONS, useValue: options },
        AuthHandler,
        ValidateGameHandler,
        HallHandlers,
        GameHall,
        { provide: VerdictBook, useExisting: GameHall },
        LiveHall,
        WatcherHandlers,
        WatcherPasses,
      ],
    };
  }
}
