import { connect, type Socket } from 'node:net';
import { UpgradeRefusedError } from '../../helpers/raw-client.js';
import { globalKey, open, readSessionKey, seal } from '../../helpers/raw-envelope.js';
import { DEFAULT_DEADLINE, withDeadline } from '../../helpers/with-deadline.js';
import { Opcode, rawFrame } from './raw-frame.js';

const HEAD_END = '\r\n\r\n';
// Only tells a hung run from a busy machine: hundreds of these sockets share a process.
const DEADLINE = 6 * DEFAULT_DEADLINE;

/** Where an attack goes. */
export interface Target {
  readonly port: number;
  readonly authKey: string;
}

/** What the other side sent: one frame, whole. */
interface ReceivedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/**
 * A WebSocket by hand on a TCP socket, for bytes that no library would send. Nothing is answered by
 * itself: neither pings nor close frames.
 */
export class RawSocket {
  /** The code of the close frame that came, if one came. */
  closeCode: number | undefined;
  /** Resolves with `closeCode` when the TCP connection has ended. */
  readonly ended: Promise<number | undefined>;
  /** Replaced by whoever wants the messages. */
  onMessage: (payload: Buffer) => void = () => undefined;
  /** The key in force, once `authenticate()` was called. */
  key: Buffer | undefined;
  /** The first message, which may come along with the answer to the upgrade. */
  #first: Buffer | undefined;
  /** Who waits for a pong, by the number of the ping, since one pong may answer several pings. */
  readonly #pongWaiters = new Map<number, () => void>();
  #pings = 0;
  #buffered: Buffer = Buffer.alloc(0);

  /** @throws UpgradeRefusedError when the answer is not 101 */
  static async open(port: number, headers: Record<string, string> = {}): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.write(upgradeRequest(port, headers));
    const { status, rest } = await readHead(socket);
    if (status !== 101) {
      socket.destroy();
      throw new UpgradeRefusedError(status);
    }
    return new RawSocket(socket, rest);
  }

  /** Opened and authenticated. */
  static async session({ port, authKey }: Target): Promise<RawSocket> {
    const rawSocket = await RawSocket.open(port);
    await rawSocket.authenticate(authKey);
    return rawSocket;
  }

  private constructor(
    readonly socket: Socket,
    rest: Buffer,
  ) {
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.closeCode)));
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    if (rest.length > 0) this.#receive(rest);
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && this.closeCode === undefined;
  }

  /** Returns false when the kernel has no room for more now. */
  write(bytes: Buffer): boolean {
    return !this.socket.destroyed && this.socket.write(bytes);
  }

  /** Resolves when more may be written, or the connection is gone. */
  async writable(): Promise<void> {
    if (!this.socket.writableNeedDrain || this.socket.destroyed) return;
    const drained = new Promise<void>((resolve) => this.socket.once('drain', resolve));
    await Promise.race([drained, this.ended]);
  }

  /** Writes one sealed message. */
  send(message: object): boolean {
    return this.write(this.sealed(message));
  }

  /** The bytes of one sealed message, frame header and all. */
  sealed(message: object): Buffer {
    return this.sealedText(JSON.stringify(message));
  }

  /** The same for what JSON.stringify would not write. */
  sealedText(text: string | Buffer): Buffer {
    return rawFrame({ payload: seal(text, this.key!) });
  }

  async authenticate(authKey: string): Promise<void> {
    this.key = await globalKey(authKey);
    this.send({ request: 'auth', id: 0, data: { authKey } });
    this.key = readSessionKey((await this.nextMessage()).sessionKey);
  }

  async nextMessage(): Promise<Record<string, unknown>> {
    const payload = await this.nextPayload();
    return JSON.parse(open(payload, this.key!).toString('utf8')) as Record<string, unknown>;
  }

  /** What a server of version 2 says before anybody has asked. */
  firstPayload(): Promise<Buffer> {
    return this.#first ? Promise.resolve(this.#first) : this.nextPayload();
  }

  /** The next message as it was on the wire. */
  nextPayload(): Promise<Buffer> {
    const payload = new Promise<Buffer>((resolve, reject) => {
      this.onMessage = (message) => {
        this.onMessage = () => undefined;
        resolve(message);
      };
      void this.ended.then((code) => reject(new Error(`Closed with ${code}`)));
    });
    return withDeadline(payload, DEADLINE, 'a message');
  }

  /**
   * Resolves when the server has taken what was written before: with true if it answers a ping, with
   * false if it ended the connection.
   */
  roundTrip(): Promise<boolean> {
    const number = ++this.#pings;
    const answer = new Promise<boolean>((resolve) => {
      this.#pongWaiters.set(number, () => resolve(true));
      void this.ended.then(() => resolve(false));
    });
    this.write(rawFrame({ opcode: Opcode.Ping, payload: String(number) }));
    return withDeadline(answer, DEADLINE, 'a pong');
  }

  /** Like `ended`, but fails instead of hanging. */
  untilEnded(): Promise<number | undefined> {
    return withDeadline(this.ended, DEADLINE, 'the end of the connection');
  }

  /** Cuts without a trace, so that thousands leave no half-closed sockets behind. */
  destroy(): void {
    this.socket.resetAndDestroy();
  }

  #receive(bytes: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? bytes : Buffer.concat([this.#buffered, bytes]);
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) this.#handle(frame);
  }

  #handle({ opcode, payload }: ReceivedFrame): void {
    if (opcode === Opcode.Pong) this.#takePong(Number(payload.toString()));
    else if (opcode === Opcode.Close) {
      this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      // Answered by leaving: the server need not wait for a close frame.
      this.socket.end();
    } else if (opcode < Opcode.Close) {
      this.#first ??= payload;
      this.onMessage(payload);
    }
  }

  #takePong(last: number): void {
    for (const [number, resolve] of this.#pongWaiters) {
      if (number > last) break;
      this.#pongWaiters.delete(number);
      resolve();
    }
  }

  /** A server's frames are never masked, and ours never fragmented. */
  #take(): ReceivedFrame | undefined {
    const bytes = this.#buffered;
    if (bytes.length < 2) return undefined;
    const opcode = bytes.readUInt8(0) & 0x0f;
    const short = bytes.readUInt8(1) & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < head) return undefined;
    const length =
      head === 2 ? short : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < head + length) return undefined;
    this.#buffered = bytes.subarray(head + length);
    return { opcode, payload: bytes.subarray(head, head + length) };
  }
}

/** The payload of an `auth` frame, which the server accepts once, unless the data is different. */
export async function sealedAuth({ authKey }: Target, data: object = {}): Promise<Buffer> {
  const auth = { request: 'auth', data: { authKey, ...data } };
  return seal(JSON.stringify(auth), await globalKey(authKey));
}

/** A correct one, with more headers or other values. */
export function upgradeRequest(port: number, headers: Record<string, string> = {}): string {
  const lines = {
    Host: `127.0.0.1:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const fields = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
  return `GET / HTTP/1.1\r\n${fields.join('\r\n')}${HEAD_END}`;
}

async function readHead(socket: Socket): Promise<{ status: number; rest: Buffer }> {
  const head = new Promise<Buffer>((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!bytes.includes(HEAD_END)) return;
      socket.off('data', onData);
      resolve(bytes);
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('The connection ended before the upgrade')));
  });
  const bytes = await withDeadline(head, DEADLINE, 'the answer to the upgrade');
  const end = bytes.indexOf(HEAD_END) + HEAD_END.length;
  const [, status] = bytes.subarray(0, end).toString('latin1').split(' ');
  return { status: Number(status), rest: bytes.subarray(end) };
}
