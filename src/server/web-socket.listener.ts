import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { WebSocketServer, type ServerOptions } from 'ws';
import { SocketsError } from '../sockets.errors.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { ConnectionAcceptor } from './connection.acceptor.js';
import type { ConnectionPlace } from './connection-counts.js';
import { ipOf } from './peer-address.js';
import { SilentSockets } from './silent-sockets.js';
import { pathOf, UpgradeGate, type Refusal } from './upgrade.gate.js';

const CLOSE_TIMEOUT = 5_000;
const MAX_FRAGMENTS = 1_024;
// Beyond the connections that are wanted: enough to tell the others that the server is full.
const SPARE_CONNECTIONS = 1_000;
const HEADERS_CHECK_INTERVAL = 1_000;
const MAX_HEADERS_TIMEOUT = 60_000;
const SHUTTING_DOWN: Refusal = { status: 503, message: 'Shutting down' };

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** Takes WebSockets in, on a port of its own or on the application's HTTP server. */
@Injectable()
export class WebSocketListener {
  private readonly webSockets = new WebSocketServer(webSocketOptions());
  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    this.upgrade({ request, socket: socket as Socket, head });
  private server: Server | undefined;
  private isAccepting = false;
  /** Upgrades that the application's guard has not decided about yet. */
  private readonly undecided = new Set<Socket>();

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly gate: UpgradeGate,
    private readonly acceptor: ConnectionAcceptor,
    private readonly silentSockets: SilentSockets,
  ) {}

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
      server.once('error', (cause) => reject(listenFailed(port, cause)));
      server.listen(port, this.options.host, resolve);
    });
  }

  /** Refuses new connections with 503 from now on; those that are open go on. */
  stopAccepting(): void {
    this.isAccepting = false;
    for (const socket of this.undecided) refuse(socket, SHUTTING_DOWN);
    this.undecided.clear();
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

  private upgrade(upgrade: Upgrade): void {
    const { request, socket } = upgrade;
    this.silentSockets.upgraded(socket);
    if (pathOf(request) !== this.options.path) return this.refusePath(socket);
    if (!this.isAccepting) return refuse(socket, SHUTTING_DOWN);
    const place = this.gate.enter(request, ipOf(socket));
    if ('status' in place) return refuse(socket, place);
    leaveWithSocket(place, socket);
    if (this.gate.hasGuard) void this.askGuard(upgrade, place);
    else this.accept(upgrade, place);
  }

  private async askGuard(upgrade: Upgrade, place: ConnectionPlace): Promise<void> {
    const { request, socket } = upgrade;
    this.undecided.add(socket);
    socket.on('error', ignore);
    const refusal = await this.gate.askGuard(request, place.ip);
    if (!this.undecided.delete(socket)) return;
    if (refusal) refuse(socket, refusal);
    else this.accept(upgrade, place);
  }

  private accept({ request, socket, head }: Upgrade, place: ConnectionPlace): void {
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.acceptor.accept(webSocket, request, place),
    );
  }

  /** On a shared server the path may be somebody else's; alone, nobody else would answer. */
  private refusePath(socket: Socket): void {
    if (this.server?.listenerCount('upgrade') === 1) {
      refuse(socket, { status: 404, message: 'No WebSocket at this path' });
    }
  }
}

function webSocketOptions(): ServerOptions {
  // The last two are newer than the types of ws.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // The protocol names no subprotocol, and echoing what the peer offers would promise something.
    handleProtocols: () => false as const,
    closeTimeout: CLOSE_TIMEOUT,
    maxFragments: MAX_FRAGMENTS,
  };
  return options;
}

// Apart from where the request is at hand: the listener lives as long as the socket, and would keep
// the request and all its headers (2 KiB) with it.
function leaveWithSocket(place: ConnectionPlace, socket: Socket): void {
  socket.on('close', () => {
    if (!place.isTaken) place.leave();
  });
}

function refuse(socket: Socket, { status, message }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.on('error', ignore);
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

function listenFailed(port: number, cause: NodeJS.ErrnoException): SocketsError {
  const hint =
    cause.code === 'EADDRINUSE'
      ? 'Something else listens there. Stop it, or choose another with the option "port" or SOCKET_PORT (0 takes any free one).'
      : 'Check the options "port" and "host".';
  return new SocketsError(
    'LISTEN_FAILED',
    `Cannot listen on port ${port}: ${cause.message}. ${hint}`,
    {
      cause,
    },
  );
}

function ignore(): void {
  // A peer that goes away during the upgrade concerns nobody.
}
