import { Module, type DynamicModule } from '@nestjs/common';
import { SocketsModule } from '../src/index.js';
import { GamesModule } from './games/games.module.js';
import { AuthHandler } from './hall/auth.handler.js';
import { GameHall } from './hall/game-hall.service.js';
import { HallHandlers } from './hall/hall.handlers.js';
import { HALL_OPTIONS, type HallOptions } from './hall/hall.options.js';
import { ValidateGameHandler } from './hall/validate-game.handler.js';

/** The server of the game hall. Handlers are providers like any other. */
@Module({})
export class ServerModule {
  static forRoot(options: HallOptions): DynamicModule {
    return {
      module: ServerModule,
      imports: [
        SocketsModule.forRoot({ authKey: options.authKey, host: '127.0.0.1' }),
        GamesModule,
      ],
      providers: [
        { provide: HALL_OPTIONS, useValue: options },
        AuthHandler,
        ValidateGameHandler,
        HallHandlers,
        GameHall,
      ],
    };
  }
}
