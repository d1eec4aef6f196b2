import { WebSocket as UndiciWebSocket } from 'undici';
import websocketPackage from 'websocket';
import { MessageQueue } from './message-queue.js';
import { globalKey, open, readSessionKey, seal } from './raw-envelope.js';
import { readMessage } from './raw-message.js';
import type { WireMessage } from './raw-message.js';

/** The npm packages of other authors whose WebSocket clients can be put to the server. */
export type ThirdParty = 'undici' | 'websocket';

/** As much of the W3C interface as both have; the types of `websocket` leave its events out. */
interface StandardWebSocket {
  binaryType: string;
  readonly extensions: unknown;
  readonly protocol?: string;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  send(data: Uint8Array | string): void;
  close(): void;
}

interface ThirdPartyOptions {
  /** @default true */
  readonly encryption?: boolean;
}

/** A client of the wire over a WebSocket implementation other than the server's. */
export class ThirdPartyClient {
  readonly received = new MessageQueue<WireMessage>();
  /** The close code. */
  readonly closed: Promise<number>;

  static async connect(
    kind: ThirdParty,
    address: string,
    authKey: string,
    { encryption = true }: ThirdPartyOptions = {},
  ): Promise<ThirdPartyClient> {
    const key = encryption ? await globalKey(authKey) : undefined;
    const webSocket = makeWebSocket(kind, address);
    const client = new ThirdPartyClient(webSocket, authKey, key);
    await new Promise<void>((resolve, reject) => {
      webSocket.addEventListener('open', resolve);
      webSocket.addEventListener('error', () => reject(new Error(`${kind} could not connect`)));
    });
    return client;
  }

  private constructor(
    readonly webSocket: StandardWebSocket,
    private readonly authKey: string,
    private key: Buffer | undefined,
  ) {
    webSocket.binaryType = 'arraybuffer';
    webSocket.addEventListener('message', ({ data }) => this.#receive(data));
    this.closed = new Promise((resolve) => {
      webSocket.addEventListener('close', ({ code }) => resolve(code));
    });
    void this.closed.then((code) => {
      this.received.end((what) => new Error(`Closed with ${code} while waiting for ${what}`));
    });
  }

  send(message: object): void {
    const text = JSON.stringify(message);
    this.webSocket.send(this.key ? seal(text, this.key) : text);
  }

  authenticate(): Promise<WireMessage> {
    return this.request('auth', { authKey: this.authKey }, { id: 0 });
  }

  request(name: string, data?: unknown, more: object = {}): Promise<WireMessage> {
    this.send({ request: name, data, ...more });
    return this.received.nextMatching(({ request }) => request === name, `the reply to ${name}`);
  }

  close(): Promise<number> {
    this.webSocket.close();
    return this.closed;
  }

  #receive(data: unknown): void {
    try {
      const message = readMessage(this.#open(data));
      if (this.key && message.request === 'auth') this.key = readSessionKey(message.sessionKey);
      this.received.push(message);
    } catch (error) {
      this.received.end((what) => new Error(`Unreadable before ${what}`, { cause: error }));
    }
  }

  /** R2.3. */
  #open(data: unknown): Buffer {
    if (this.key && data instanceof ArrayBuffer) return open(Buffer.from(data), this.key);
    if (!this.key && typeof data === 'string') return Buffer.from(data);
    throw new Error(`Such a message is wrong with encryption ${this.key ? 'on' : 'off'}`);
  }
}

function makeWebSocket(kind: ThirdParty, address: string): StandardWebSocket {
  if (kind === 'undici') return new UndiciWebSocket(address);
  const webSocket: object = new websocketPackage.w3cwebsocket(address);
  if (!hasEvents(webSocket)) throw new Error('w3cwebsocket is no event target any more');
  return webSocket;
}

function hasEvents(webSocket: object): webSocket is StandardWebSocket {
  return 'addEventListener' in webSocket;
}
