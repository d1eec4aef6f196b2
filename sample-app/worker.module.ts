import { Module, type DynamicModule } from '@nestjs/common';
import { SocketClientModule } from '../src/index.js';
import { AnnouncementHandler } from './workers/announcement.handler.js';
import { ScanGamesHandler } from './workers/scan-games.handler.js';
import { Shift } from './workers/shift.service.js';
import { WORKER_NAME } from './workers/worker-name.js';

/** A worker of the game hall. Client hooks are providers like any other. */
@Module({})
export class WorkerModule {
  static forRoot(name: string): DynamicModule {
    return {
      module: WorkerModule,
      // The address and the key come from SOCKET_ADDRESS and SOCKET_AUTH_KEY.
      imports: [SocketClientModule.forRoot({ authData: { role: 'worker', name } })],
      providers: [
        { provide: WORKER_NAME, useValue: name },
        ScanGamesHandler,
        AnnouncementHandler,
        Shift,
      ],
    };
  }
}
