import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { MessageQueue } from './message-queue.js';
import type { RecordedFrame, WireMode } from './raw-connection.js';
import { globalKey } from './raw-envelope.js';
import type { WireMessage } from './raw-message.js';
import { RawPeer } from './raw-peer.js';
import type { Faults, PeerHost, RequestHandler } from './raw-peer.js';
import { withDeadline } from './with-deadline.js';

const CLOSE_HANDSHAKE_DEADLINE = 1_000;

export interface RawServerOptions {
  readonly authKey: string;
  /** @default true */
  readonly encryption?: boolean;
  /** @default 'original' */
  readonly mode?: WireMode;
  /** The `response` to `auth`, anything falsy to refuse. @default 'success' for the authKey */
  readonly authorize?: (data: unknown, peer: RawPeer) => unknown;
}

export interface ReceivedMessage {
  readonly peer: RawPeer;
  readonly message: WireMessage;
}

/** A server of the wire that was written from PROTOCOL.md alone; by default one like the original. */
export class RawServer implements PeerHost {
  readonly mode: WireMode;
  readonly faults: Faults = {};
  readonly handlers = new Map<string, RequestHandler>();
  /** The connections that are open now. */
  readonly peers = new Set<RawPeer>();
  /** Every connection there ever was, in order. */
  readonly history: RawPeer[] = [];
  /** Every message of every connection, `auth` and `heartBeat` included. */
  readonly received = new MessageQueue<ReceivedMessage>();
  readonly #connections = new MessageQueue<RawPeer>();
  readonly #authentications = new MessageQueue<RawPeer>();
  #webSocketServer: WebSocketServer | undefined;
  #port = 0;

  static async start(options: RawServerOptions): Promise<RawServer> {
    const key = options.encryption === false ? undefined : await globalKey(options.authKey);
    const server = new RawServer(options, key);
    await server.start();
    return server;
  }

  private constructor(
    private readonly options: RawServerOptions,
    readonly globalKey: Buffer | undefined,
  ) {
    this.mode = options.mode ?? 'original';
  }

  /** Stays the same across `stop()` and `start()`. */
  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get authenticatedPeers(): RawPeer[] {
    return [...this.peers].filter((peer) => peer.authenticated);
  }

  /** Every WebSocket message of every connection, connection by connection. */
  get frames(): RecordedFrame[] {
    return this.history.flatMap((peer) => peer.frames);
  }

  async start(): Promise<void> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: this.#port,
      perMessageDeflate: false,
      verifyClient: (_info, accept) => {
        accept(this.faults.refuseUpgradeWith === undefined, this.faults.refuseUpgradeWith);
      },
    });
    server.on('connection', (webSocket, request) => this.#accept(webSocket, request));
    await once(server, 'listening');
    this.#port = portOf(server);
    this.#webSocketServer = server;
  }

  /** Cuts every connection; `graceful` closes them with 1001 first, as in D13. */
  async stop({ graceful = false } = {}): Promise<void> {
    const server = this.#webSocketServer;
    if (!server) return;
    this.#webSocketServer = undefined;
    const stopped = once(server, 'close');
    server.close();
    if (graceful) await this.#closeAll();
    await Promise.all([stopped, ...[...this.peers].map((peer) => peer.terminate())]);
  }

  /** `reply` returns the response, nothing for none, an async iterable for a stream. */
  onRequest(name: string, reply: RequestHandler): void {
    this.handlers.set(name, reply);
  }

  /** To all authenticated clients; returns how many. */
  push(name: string, data: unknown, field: 'data' | 'response' = 'data'): number {
    const receivers = this.authenticatedPeers;
    for (const peer of receivers) peer.sendMessage({ request: name, [field]: data });
    return receivers.length;
  }

  nextMessage(name: string): Promise<ReceivedMessage> {
    return this.received.nextMatching(({ message }) => message.request === name, name);
  }

  /** Each connection once, in order of arrival. */
  nextPeer(): Promise<RawPeer> {
    return this.#connections.next('a connection');
  }

  /** Each authenticated connection once, in order of authentication. */
  nextAuthenticated(): Promise<RawPeer> {
    return this.#authentications.next('an authenticated connection');
  }

  authorize(data: unknown, peer: RawPeer): unknown {
    if (this.options.authorize) return this.options.authorize(data, peer);
    const { authKey } = (data ?? {}) as { authKey?: unknown };
    return authKey === this.options.authKey && 'success';
  }

  onAuthenticated(peer: RawPeer): void {
    this.#authentications.push(peer);
  }

  onMessage(peer: RawPeer, message: WireMessage): void {
    this.received.push({ peer, message });
  }

  #accept(webSocket: WebSocket, request: IncomingMessage): void {
    const peer = new RawPeer(webSocket, request, this);
    if (this.faults.stopReading) peer.pause();
    this.peers.add(peer);
    this.history.push(peer);
    webSocket.once('close', () => this.peers.delete(peer));
    this.#connections.push(peer);
  }

  async #closeAll(): Promise<void> {
    const closing = [...this.peers].map((peer) => {
      peer.webSocket.close(1001);
      return peer.closed;
    });
    const allClosed = withDeadline(Promise.all(closing), CLOSE_HANDSHAKE_DEADLINE, 'closing');
    // Whoever does not answer is cut by the caller.
    await allClosed.catch(() => undefined);
  }
}

function portOf(server: WebSocketServer): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return address.port;
}
