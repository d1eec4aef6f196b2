import type { Server } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SocketsAdapter } from './server/gateways/sockets.adapter.js';
import { HandlerRouter } from './handlers/handler.router.js';
import { Heartbeat } from './server/connection/heartbeat.js';
import { ServerHandshake } from './server/connection/server-handshake.js';
import { FirstToGo } from './server/first-to-go.module.js';
import { ServerStartup } from './options/server-startup.js';
import { Shutdown } from './server/shutdown.js';
import { SocketEvents } from './server/connection/socket-events.js';
import { Cluster } from './server/cluster/cluster.js';
import { ClusterReceiver } from './server/rooms/cluster-receiver.js';
import { RoomStates } from './server/rooms/room-states.js';
import { UpgradeGate } from './server/listening/upgrade.gate.js';
import { WebSocketListener } from './server/listening/web-socket.listener.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from './options/sockets.options.js';

/** Starts the server when the application is ready, and ends it before the application goes. */
@Injectable()
export class SocketsLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SocketServer');

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly adapter: SocketsAdapter,
    private readonly httpAdapterHost: HttpAdapterHost,
    private readonly router: HandlerRouter,
    private readonly events: SocketEvents,
    private readonly handshake: ServerHandshake,
    private readonly gate: UpgradeGate,
    private readonly listener: WebSocketListener,
    private readonly heartbeat: Heartbeat,
    private readonly shutdown: Shutdown,
    private readonly cluster: Cluster,
    private readonly receiver: ClusterReceiver,
    private readonly states: RoomStates,
    firstToGo: FirstToGo,
    startup: ServerStartup,
  ) {
    firstToGo.end = () => this.shutdown.run();
    // An application context starts no server, so that nobody need wait for one.
    startup.isListening = () => !this.httpServer() || this.listener.isListening;
  }

  async onApplicationBootstrap(): Promise<void> {
    const httpServer = this.httpServer();
    // An application context has no clients of its own, but it may send to those of other nodes.
    if (httpServer || this.cluster.isShared) await this.cluster.start(this.receiver);
    // createApplicationContext() starts no server: neither Nest's HTTP one nor this one.
    if (!httpServer) return;
    this.adapter.assertInUse();
    await this.router.bind();
    this.events.bind();
    this.states.bind();
    await this.handshake.prepare();
    await this.gate.prepare();
    await this.listen(httpServer);
    this.heartbeat.start();
  }

  /** At the latest; see FirstToGo. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shutdown.run();
  }

  private async listen(httpServer: Server): Promise<void> {
    const { port, path, encryption } = this.options;
    if (port === 'http') this.listener.share(httpServer);
    else await this.listener.listen(port);
    const where = port === 'http' ? 'the HTTP server' : `port ${this.listener.address()?.port}`;
    const how = encryption ? 'encrypted' : 'NOT encrypted';
    this.logger.log(`Sockets on ${where}, path ${path}, ${how}`);
  }

  private httpServer(): Server | undefined {
    // Typed as always there, but an application context has none.
    const { httpAdapter } = this.httpAdapterHost as Partial<HttpAdapterHost>;
    return httpAdapter?.getHttpServer() as Server | undefined;
  }
}
