import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { listenFailed } from './listening.errors.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { BoundedLog } from '../../logging/bounded-log.js';
import { traceOf } from '../../logging/log-text.js';
import type { HelloSession } from '../connection/hello-desk.js';
import { HelloGate } from './hello-gate.js';
import { PendingHellos } from './pending-hellos.js';
import { webSocketOptions } from './web-socket.options.js';
import { subprotocolsOf, versionOf } from './wire-version.js';
import { ConnectionAcceptor } from './connection.acceptor.js';
import { DEFAULT_LIMITS } from '../../protocol/limits.js';
import { assertReceivers } from '../flow/web-socket.receiver.js';
import type { ConnectionPlace } from '../operations/connection-counts.js';
import { SilentSockets } from './silent-sockets.js';
import { PeerAddresses } from './peer.addresses.js';
import { PendingUpgrades, refuse, type Refusal } from './pending-upgrades.js';
import { UnclaimedUpgrades } from './unclaimed-upgrades.js';
import { pathOf, UpgradeGate } from './upgrade.gate.js';
import { UpgradeLine } from './upgrade.line.js';

// Beyond the connections that are wanted: enough to tell the others that the server is full.
const SPARE_CONNECTIONS = 1_000;
const HEADERS_CHECK_INTERVAL = 1_000;
const MAX_HEADERS_TIMEOUT = 60_000;
const ANSWERED_BY_ANOTHER =
  'Somebody else who shares the HTTP server has answered it: give each a path of its own.';
const UNKNOWN_PATH: Refusal = { status: 404, message: 'No WebSocket at this path' };
const SHUTTING_DOWN: Refusal = { status: 503, message: 'Shutting down' };

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** Takes WebSockets in, on a port of its own or on the application's HTTP server. */
@Injectable()
export class WebSocketListener {
  private readonly webSockets: WebSocketServer;
  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    this.upgrade({ request, socket: socket as Socket, head });
  private readonly logger = new Logger('SocketsUpgrade');
  private readonly log = new BoundedLog((line) => this.logger.error(line));
  private server: Server | undefined;
  private isAccepting = false;
  /** Upgrades that the application's guard has not decided about yet. */
  private readonly undecided = new PendingUpgrades();
  private readonly unclaimed = new UnclaimedUpgrades();
  private readonly hellos: PendingHellos;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly gate: UpgradeGate,
    private readonly helloGate: HelloGate,
    private readonly acceptor: ConnectionAcceptor,
    private readonly silentSockets: SilentSockets,
    private readonly line: UpgradeLine,
    private readonly addresses: PeerAddresses,
  ) {
    this.hellos = new PendingHellos(helloGate, this.undecided, options.limits.authTimeout);
    this.webSockets = new WebSocketServer(webSocketOptions(options.limits));
    assertReceivers(this.webSockets);
  }

  get isListening(): boolean {
    return this.server?.listening ?? false;
  }

  /** Where the server listens, or null when it does not. */
  address(): AddressInfo | null {
    const address = this.server?.address();
    return typeof address === 'object' ? address : null;
  }

  /** Shares the HTTP server of the application, and leaves other paths to its other users. */
  share(server: Server): void {
    this.start(server);
  }

  /**
   * Listens on a port of its own.
   * @throws SocketsError `LISTEN_FAILED`
   */
  async listen(port: number): Promise<void> {
    const server = this.createServer();
    this.start(server);
    await new Promise<void>((resolve, reject) => {
      server.on('error', (cause) => {
        reject(listenFailed(port, cause));
        if (server.listening) this.log.log('server', () => `The server: ${traceOf(cause)}`);
      });
      server.listen(port, this.options.host, resolve);
    });
  }

  /** Refuses new connections with 503 from now on; those that are open go on. */
  stopAccepting(): void {
    this.isAccepting = false;
    this.undecided.refuseAll(SHUTTING_DOWN);
    this.line.refuseAll(SHUTTING_DOWN);
    this.unclaimed.endAll(UNKNOWN_PATH);
  }

  async close(): Promise<void> {
    this.stopAccepting();
    const { server } = this;
    this.server = undefined;
    server?.off('upgrade', this.onUpgrade);
    if (!server || this.options.port === 'http') return;
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }

  private start(server: Server): void {
    this.server = server;
    this.isAccepting = true;
    server.on('upgrade', this.onUpgrade);
  }

  private createServer(): Server {
    const timeout = Math.min(this.options.limits.authTimeout, MAX_HEADERS_TIMEOUT);
    const server = createServer(
      {
        headersTimeout: timeout,
        requestTimeout: timeout,
        connectionsCheckingInterval: HEADERS_CHECK_INTERVAL,
      },
      (_, response) => response.writeHead(426, { Connection: 'close' }).end('Upgrade required'),
    );
    server.on('connection', (socket) => this.silentSockets.enter(socket));
    const { maxConnections } = this.options.limits;
    if (maxConnections !== Infinity) server.maxConnections = maxConnections + SPARE_CONNECTIONS;
    return server;
  }

  /** What goes wrong here ends this socket and nothing else. */
  private contain({ socket }: Upgrade, action: () => void): void {
    try {
      action();
    } catch (error) {
      const { path } = this.options;
      const isAnswered = socket.bytesWritten > 0;
      const hint = isAnswered ? ` ${ANSWERED_BY_ANOTHER}` : '';
      this.log.log('upgrade', () => `An upgrade at ${path} failed: ${traceOf(error)}${hint}`);
      if (!isAnswered) socket.destroy();
    }
  }

  private upgrade(upgrade: Upgrade): void {
    const { request, socket } = upgrade;
    this.silentSockets.upgraded(socket);
    if (pathOf(request) !== this.options.path) return this.refusePath(socket);
    if (!this.isAccepting) return refuse(socket, SHUTTING_DOWN);
    this.contain(upgrade, () => this.enter(upgrade, this.addresses.of(request)));
  }

  private enter(upgrade: Upgrade, ip: string): void {
    const { request, socket } = upgrade;
    const place = this.gate.enter(request, ip);
    if (place === 'wait') return this.wait(upgrade, ip);
    if ('status' in place) return refuse(socket, place);
    leaveWithSocket(place, socket);
    if (this.gate.hasGuard) void this.askGuard(upgrade, place);
    else this.greet(upgrade, place);
  }

  private wait(upgrade: Upgrade, ip: string): void {
    const { socket } = upgrade;
    this.line.wait(
      socket,
      ip,
      () => this.contain(upgrade, () => this.enter(upgrade, ip)),
      () => refuse(socket, this.gate.refuseLate(ip)),
    );
  }

  private async askGuard(upgrade: Upgrade, place: ConnectionPlace): Promise<void> {
    const { request, socket } = upgrade;
    this.undecided.add(socket, this.options.limits.authTimeout, (reason) => {
      if (reason === 'late') refuse(socket, this.gate.guardIsLate(place.ip));
    });
    const refusal = await this.gate.askGuard(request, place.ip);
    if (!this.undecided.take(socket)) return;
    this.contain(upgrade, () => {
      if (refusal) refuse(socket, refusal);
      else this.greet(upgrade, place);
    });
  }

  /** Who speaks version 2 has something to prove before there is a WebSocket. */
  private greet(upgrade: Upgrade, place: ConnectionPlace): void {
    const { request, socket } = upgrade;
    const subprotocols = subprotocolsOf(request);
    const version = versionOf(subprotocols);
    const refusal = this.helloGate.refuseVersion(version, place.ip);
    if (refusal) refuse(socket, refusal);
    else if (version === 2) {
      const accept = (hello: HelloSession) =>
        this.contain(upgrade, () => this.accept(upgrade, place, hello));
      void this.hellos.take(socket, place, subprotocols, accept);
    } else this.accept(upgrade, place);
  }

  private accept(
    { request, socket, head }: Upgrade,
    place: ConnectionPlace,
    hello?: HelloSession,
  ): void {
    try {
      this.webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.acceptor.accept(webSocket, request, place, hello),
      );
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  /** On a shared server the path may be somebody else's; alone, nobody else would answer. */
  private refusePath(socket: Socket): void {
    if (this.server?.listenerCount('upgrade') === 1) return refuse(socket, UNKNOWN_PATH);
    const time = Math.min(this.options.limits.authTimeout, DEFAULT_LIMITS.authTimeout);
    this.unclaimed.add(socket, time, UNKNOWN_PATH);
  }
}

// Apart from where the request is at hand: the listener lives as long as the socket, and would keep
// the request and all its headers (2 KiB) with it.
function leaveWithSocket(place: ConnectionPlace, socket: Socket): void {
  socket.on('close', () => {
    if (!place.isTaken) place.leave();
  });
}
