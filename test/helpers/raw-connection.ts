import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { MessageQueue } from './message-queue.js';
import { ivOf, open, seal, tamper } from './raw-envelope.js';
import { readMessage } from './raw-message.js';
import type { WireMessage } from './raw-message.js';
import { DEFAULT_DEADLINE, withDeadline } from './with-deadline.js';

export type Direction = 'in' | 'out';

/** `original` sends no field that is marked "(ours)" in PROTOCOL.md, and refuses to. */
export type WireMode = 'original' | 'ours';

export interface RecordedFrame {
  readonly direction: Direction;
  readonly data: Buffer;
  readonly binary: boolean;
}

export interface Closure {
  readonly code: number;
  readonly reason: string;
}

export class ConnectionClosedError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    what: string,
  ) {
    super(`The connection was closed with ${code} "${reason}" while waiting for ${what}`);
  }
}

export interface SealOptions {
  /** @default the key in force */
  readonly key?: Buffer;
  /** @default twelve random bytes */
  readonly iv?: Buffer;
}

/** What both ends of the wire have in common: sealing, opening, recording, waiting. */
export abstract class RawConnection {
  /** Every WebSocket message of either direction, as it was on the wire. */
  readonly frames: RecordedFrame[] = [];
  readonly received = new MessageQueue<WireMessage>();
  readonly closed: Promise<Closure>;
  /** What went wrong outside the protocol: RFC 6455 violations, lost sockets, failed handlers. */
  readonly errors: unknown[] = [];
  /** The key in force: the global key, then the session key; undefined with encryption off. */
  key: Buffer | undefined;

  /** The fields that this side may send in mode `original`. */
  protected abstract readonly originalFields: readonly string[];

  constructor(
    readonly webSocket: WebSocket,
    readonly socket: Socket,
    readonly mode: WireMode,
    readonly globalKey: Buffer | undefined,
  ) {
    this.key = globalKey;
    this.closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
    void this.closed.then(({ code, reason }) => {
      this.received.end((what) => new ConnectionClosedError(code, reason, what));
    });
    webSocket.on('error', (error) => this.errors.push(error));
    webSocket.on('message', (data, binary) => this.#receive(data, binary));
  }

  /** A message arrived; afterwards it goes into the queue. */
  protected abstract handle(message: WireMessage): void;

  /** A frame arrived that is not a message (R2.4). */
  protected abstract handleUnreadable(cause: unknown): void;

  next(what?: string): Promise<WireMessage> {
    return this.received.next(what);
  }

  nextMatching(matches: (message: WireMessage) => boolean, what?: string): Promise<WireMessage> {
    return this.received.nextMatching(matches, what);
  }

  /** Like `closed`, but fails instead of hanging. */
  untilClosed(): Promise<Closure> {
    return withDeadline(this.closed, DEFAULT_DEADLINE, 'the connection to be closed');
  }

  /** Sends `message` sealed, or as text with encryption off; returns what went over the wire. */
  sendMessage(message: object, options: SealOptions = {}): Buffer {
    if (this.mode === 'original') this.#refuseAdditions(message);
    const text = JSON.stringify(message);
    if (!this.key && !options.key) return this.sendText(text);
    return this.sendFrame(this.sealText(text, options));
  }

  seal(message: object, options: SealOptions = {}): Buffer {
    return this.sealText(JSON.stringify(message), options);
  }

  /** Seals anything, JSON or not. */
  sealText(plaintext: string | Buffer, { key = this.key, iv }: SealOptions = {}): Buffer {
    if (!key) throw new Error('With encryption off there is no key to seal with');
    return seal(plaintext, key, iv);
  }

  sendFrame(frame: Buffer): Buffer {
    this.frames.push({ direction: 'out', data: Buffer.from(frame), binary: true });
    this.webSocket.send(frame, { binary: true });
    return frame;
  }

  sendText(text: string): Buffer {
    const data = Buffer.from(text, 'utf8');
    this.frames.push({ direction: 'out', data, binary: false });
    this.webSocket.send(text, { binary: false });
    return data;
  }

  /** Sends a sealed message with one bit flipped at `offset`. */
  sendTampered(message: object, offset?: number): Buffer {
    return this.sendFrame(tamper(this.seal(message), offset));
  }

  /** Sends a frame of its own again, verbatim. */
  replay(frame: Buffer = this.lastFrame('out')): Buffer {
    return this.sendFrame(frame);
  }

  /** Sends a frame of the other side back to it, verbatim. */
  reflect(frame: Buffer = this.lastFrame('in')): Buffer {
    return this.sendFrame(frame);
  }

  lastFrame(direction: Direction): Buffer {
    const frame = this.frames.findLast((recorded) => recorded.direction === direction);
    if (!frame) throw new Error(`No frame went ${direction} yet`);
    return frame.data;
  }

  /** The ivs used so far, in order. */
  ivs(direction: Direction): Buffer[] {
    const sealed = this.frames.filter((frame) => frame.binary && frame.direction === direction);
    return sealed.map((frame) => ivOf(frame.data));
  }

  /**
   * Resolves when the other side has taken all that was sent before out of its socket: a ping is
   * answered in its turn. What "nothing came back" waits for instead of a sleep.
   */
  async roundTrip(): Promise<void> {
    const payload = randomBytes(8);
    const pong = this.#pong(payload);
    this.webSocket.ping(payload);
    const closed = this.closed.then(({ code, reason }) => {
      throw new ConnectionClosedError(code, reason, 'a pong');
    });
    await withDeadline(Promise.race([pong, closed]), DEFAULT_DEADLINE, 'a pong');
  }

  /** Stops reading from the TCP socket, so that the other side's buffers fill. */
  pause(): void {
    this.webSocket.pause();
  }

  resume(): void {
    this.webSocket.resume();
  }

  /** Closes with the WebSocket handshake; without a code the other side sees 1005. */
  close(code?: number, reason?: string): Promise<Closure> {
    this.webSocket.close(code, reason);
    return this.untilClosed();
  }

  /** Cuts the TCP connection. */
  terminate(): Promise<Closure> {
    this.webSocket.terminate();
    return this.untilClosed();
  }

  #pong(payload: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const onPong = (data: Buffer): void => {
        if (!data.equals(payload)) return;
        this.webSocket.off('pong', onPong);
        resolve();
      };
      this.webSocket.on('pong', onPong);
    });
  }

  #receive(raw: RawData, binary: boolean): void {
    if (!Buffer.isBuffer(raw)) throw new TypeError('The binaryType of the WebSocket was changed');
    const data = Buffer.from(raw);
    this.frames.push({ direction: 'in', data, binary });
    let message: WireMessage;
    try {
      message = this.#open(data, binary);
    } catch (error) {
      this.handleUnreadable(error);
      return;
    }
    this.handle(message);
    this.received.push(message);
  }

  #open(data: Buffer, binary: boolean): WireMessage {
    if (binary !== (this.key !== undefined)) {
      throw new Error(`A ${binary ? 'binary' : 'text'} message is wrong here (R2.3)`);
    }
    return readMessage(this.key ? open(data, this.key) : data);
  }

  #refuseAdditions(message: object): void {
    const additions = Object.keys(message).filter((key) => !this.originalFields.includes(key));
    if (additions.length > 0) {
      throw new Error(`A peer of the original does not send: ${additions.join(', ')}`);
    }
  }
}
