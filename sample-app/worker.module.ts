import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { SocketClientModule } from '../src/index.js';
import { HallTraces } from './telemetry/hall-traces.js';
import { AnnouncementHandler } from './workers/announcement.handler.js';
import { AnnouncementsHeardHandler } from './workers/announcements-heard.handler.js';
import { CountedAnnouncementHandler } from './workers/counted-announcement.handler.js';
import { JudgeGamesHandler } from './workers/judge-games.handler.js';
import { ScanGamesHandler } from './workers/scan-games.handler.js';
import { Shift } from './workers/shift.service.js';
import { WORKER_NAME } from './workers/worker-name.js';

const HOOKS: Provider[] = [ScanGamesHandler, AnnouncementHandler];
/** Of a worker of a hall on several nodes, who goes home when it is told to. */
export const CLUSTER_HOOKS: Provider[] = [
  JudgeGamesHandler,
  CountedAnnouncementHandler,
  AnnouncementsHeardHandler,
];

/** A worker of the game hall. Client hooks are providers like any other. */
@Module({})
export class WorkerModule {
  /** @param hooks What it does when it is told to */
  static forRoot(name: string, traces: HallTraces, hooks = HOOKS): DynamicModule {
    const telemetry = traces.forClient();
    return {
      module: WorkerModule,
      // The address and the key come from SOCKET_ADDRESS and SOCKET_AUTH_KEY.
      imports: [SocketClientModule.forRoot({ authData: { role: 'worker', name }, telemetry })],
      providers: [
        { provide: WORKER_NAME, useValue: name },
        { provide: HallTraces, useValue: traces },
        Shift,
        ...hooks,
      ],
    };
  }
}
