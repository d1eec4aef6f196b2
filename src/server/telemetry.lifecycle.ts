import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ServerFigures } from '../contract/telemetry.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../options/sockets.options.js';
import { ServerLoad } from './server-load.js';
import { SocketServer } from './socket-server.js';

/** Lets the option `telemetry` read the figures of the server, from its start to its end. */
@Injectable()
export class TelemetryLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private opened = 0;
  private authentications = 0;
  private unwatch: (() => void) | undefined;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly server: SocketServer,
    private readonly load: ServerLoad,
  ) {
    if (!options.telemetry) return;
    // Before the server listens: nobody may come uncounted.
    server.connected$.subscribe(() => this.opened++);
    server.authenticated$.subscribe(() => this.authentications++);
  }

  onApplicationBootstrap(): void {
    this.unwatch = this.options.telemetry?.watch(() => this.read());
  }

  onApplicationShutdown(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private read(): ServerFigures {
    const { opened, authentications } = this;
    return { ...this.server.stats(), opened, authentications, load: this.load.read() };
  }
}
