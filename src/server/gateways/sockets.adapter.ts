import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { GatewayHooks } from './gateway-hooks.js';
import { GatewayServer } from './gateway-server.js';
import type { HandlerKind } from '../../handlers/handlers.explorer.js';
import { HookRunner } from '../connection/hook-runner.js';
import type { ConnectedClient } from '../connection/connected-client.js';
import { RoomTargets } from '../rooms/room-targets.js';
import { GatewaySocket } from './gateway-socket.js';

/** A connection, as far as gateways need it when it has authenticated. */
interface NewConnection {
  readonly client: ConnectedClient;
  upgradeRequest: IncomingMessage | undefined;
}

/**
 * Runs Nest's own gateways on the server of this module: same envelope, same authentication.
 *
 * Gateways' message handlers are found and routed like every other handler (see HandlersExplorer), so
 * this adapter binds none. What is left for it are the connect and disconnect hooks.
 */
@Injectable()
export class SocketsAdapter extends WsAdapter {
  /** Shared by all gateways. */
  readonly server: GatewayServer;
  /** Of those clients that gateways have met. */
  private readonly sockets = new WeakMap<ConnectedClient, GatewaySocket>();
  /** Whether any gateway listens. */
  hasGateways = false;

  constructor(
    private readonly config: ApplicationConfig,
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly gatewayHooks: GatewayHooks,
    private readonly hooks: HookRunner,
    targets: RoomTargets,
  ) {
    super();
    // Before anything listens, so that nothing has to be ended again.
    if ((config.getIoAdapter() as unknown) instanceof SocketsAdapter) throw duplicate();
    this.server = new GatewayServer(hooks, targets);
    // Nest looks for the adapter before it calls any lifecycle hook, so a constructor is the place.
    config.setIoAdapter(this as WebSocketAdapter);
  }

  /** @throws SocketsError `ADAPTER_REPLACED` when app.useWebSocketAdapter() put another in its place */
  assertInUse(): void {
    const adapter: unknown = this.config.getIoAdapter();
    if (adapter === this) return;
    const name = adapter?.constructor.name ?? 'nothing';
    throw new SocketsError(
      'ADAPTER_REPLACED',
      `SocketsModule registered its WebSocket adapter, but app.useWebSocketAdapter() replaced it with ${name}, whose gateways would speak in clear text and without authentication. Remove that call: gateways run over SocketsModule.`,
    );
  }

  /** A client has authenticated: the gateways, if there are any, hear of it. */
  welcome(connection: NewConnection): void {
    if (!this.hasGateways) return;
    this.server.add(this.socketOf(connection.client), connection.upgradeRequest);
    connection.upgradeRequest = undefined;
  }

  /** What a handler of that kind knows a client as. */
  clientFor(client: ConnectedClient, kind: HandlerKind): ConnectedClient | GatewaySocket {
    return kind === 'gateway' ? this.socketOf(client) : client;
  }

  /** A client is gone. */
  leave(client: ConnectedClient, code: number, reason: string): void {
    this.sockets.get(client)?.closed(code, reason, this.hooks);
  }

  private socketOf(client: ConnectedClient): GatewaySocket {
    const socket = this.sockets.get(client) ?? new GatewaySocket(client);
    this.sockets.set(client, socket);
    return socket;
  }

  override create(
    port: number,
    options: { path?: string; namespace?: string } = {},
  ): GatewayServer {
    const { path, namespace } = options;
    const isOther =
      (port !== 0 && port !== this.options.port) ||
      (path !== undefined && path !== this.options.path) ||
      namespace !== undefined;
    if (isOther) {
      throw new SocketsError(
        'GATEWAY_NOT_SUPPORTED',
        `A gateway asks for a port, path or namespace of its own (${JSON.stringify({ port, path, namespace })}), but all gateways share the server of SocketsModule (port ${this.options.port}, path ${this.options.path}). Use @WebSocketGateway() without them.`,
      );
    }
    this.hasGateways = true;
    this.gatewayHooks.contain();
    return this.server;
  }

  override bindClientConnect(
    server: GatewayServer,
    callback: (client: GatewaySocket, request: IncomingMessage) => void,
  ): void {
    server.on('connection', callback);
  }

  override bindClientDisconnect(client: GatewaySocket, callback: () => void): void {
    client.once('close', callback);
  }

  override bindMessageHandlers(): void {
    // HandlerRouter has them.
  }

  override async close(): Promise<void> {
    // The server is closed by Shutdown, which drains it first.
  }

  override async dispose(): Promise<void> {
    this.server.removeAllListeners();
  }
}

function duplicate(): SocketsError {
  return new SocketsError(
    'DUPLICATE_MODULE',
    'SocketsModule.forRoot() is imported more than once, so there would be two servers. Import it in one module, with { isGlobal: true } if others need SocketServer, too.',
  );
}
