import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { RawConnection } from './raw-connection.js';
import type { WireMode } from './raw-connection.js';
import { globalKey, readSessionKey } from './raw-envelope.js';
import { isReply } from './raw-message.js';
import type { MessageId, WireMessage } from './raw-message.js';

export interface RawClientOptions {
  readonly port: number;
  readonly authKey: string;
  /** With a leading slash; a query string may follow. @default '/' */
  readonly path?: string;
  /** @default true */
  readonly encryption?: boolean;
  /** Headers of the upgrade request: `Origin` and the like. */
  readonly headers?: Record<string, string>;
  /** @default 'ours' */
  readonly mode?: WireMode;
  /** Whether RFC 6455 pings are answered. @default true */
  readonly answersPings?: boolean;
}

/** The server answered the upgrade with an HTTP status instead (R1.4). */
export class UpgradeRefusedError extends Error {
  constructor(readonly statusCode: number) {
    super(`The server refused the upgrade with HTTP ${statusCode}`);
  }
}

/** A client of the wire that was written from PROTOCOL.md alone. */
export class RawClient extends RawConnection {
  authenticated = false;
  /** What the hooks of an original were run with: the `response` of any message, whatever else it holds. */
  readonly hookRuns: { readonly request: string; readonly response: unknown }[] = [];
  protected readonly originalFields = ['request', 'data'];
  #nextId = 1;

  static async connect(options: RawClientOptions): Promise<RawClient> {
    const { port, authKey, path = '/', encryption = true } = options;
    const key = encryption ? await globalKey(authKey) : undefined;
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: options.headers,
      autoPong: options.answersPings ?? true,
      perMessageDeflate: false,
    });
    return new Promise((resolve, reject) => {
      // The client exists before the first message can arrive: one may come along with the 101.
      webSocket.once('upgrade', ({ socket }) => {
        const client = new RawClient(webSocket, socket, options, key);
        webSocket.once('open', () => resolve(client));
      });
      webSocket.once('unexpected-response', (_request, { statusCode = 0 }) => {
        reject(new UpgradeRefusedError(statusCode));
        webSocket.terminate();
      });
      webSocket.on('error', reject);
    });
  }

  private constructor(
    webSocket: WebSocket,
    socket: Socket,
    private readonly options: RawClientOptions,
    key: Buffer | undefined,
  ) {
    super(webSocket, socket, options.mode ?? 'ours', key);
  }

  /** D1, steps 2 and 3. Resolves with the server's reply; rejects when it closes instead. */
  authenticate(authKey = this.options.authKey, extra: object = {}): Promise<WireMessage> {
    const id = this.mode === 'ours' ? { id: 0 } : {};
    this.sendMessage({ request: 'auth', ...id, data: { authKey, ...extra } });
    return this.nextMatching(
      (message) => message.request === 'auth' && isReply(message),
      'the reply to auth',
    );
  }

  /** As the original asks: without an id. Resolves with the whole reply, an error reply too. */
  request(name: string, data?: unknown): Promise<WireMessage> {
    this.sendMessage({ request: name, data });
    return this.nextMatching(
      (message) => message.request === name && message.id === undefined && isReply(message),
      `the reply to ${name}`,
    );
  }

  /** Resolves with the whole reply that carries the id, an error reply too. */
  requestWithId(name: string, data?: unknown, id: MessageId = this.makeId()): Promise<WireMessage> {
    this.sendMessage({ request: name, id, data });
    return this.nextMatching(
      (message) => message.id === id && isReply(message),
      `the reply to ${name} with id ${id}`,
    );
  }

  makeId(): number {
    return this.#nextId++;
  }

  // The key changes here and not in `authenticate`: the next message may already have arrived.
  protected override handle(message: WireMessage): void {
    const { request, response } = message;
    if (this.mode === 'original' && this.authenticated && request !== 'heartBeat') {
      this.hookRuns.push({ request, response });
    }
    if (this.authenticated || message.request !== 'auth' || !('response' in message)) return;
    try {
      this.key = this.#readKey(message);
      this.authenticated = true;
    } catch (error) {
      this.handleUnreadable(error);
    }
  }

  #readKey(message: WireMessage): Buffer | undefined {
    if (this.key) return readSessionKey(message.sessionKey);
    if ('sessionKey' in message) throw new Error('A session key came, but encryption is off');
    return undefined;
  }

  protected override handleUnreadable(cause: unknown): void {
    this.received.end((what) => new Error(`Unreadable frame while waiting for ${what}`, { cause }));
  }
}
