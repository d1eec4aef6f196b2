import type { Socket } from 'node:net';
import type { Envelope } from '../../envelope/envelope.js';
import type { Outgoing, SharedRecord } from '../../envelope/outgoing.js';
import { turns } from './event-loop.turns.js';
import type { Traffic } from '../operations/traffic.js';

const TEXT_FRAME = 0x81;
const BINARY_FRAME = 0x82;
const LENGTH_IS_16_BIT = 126;
const LENGTH_IS_64_BIT = 127;

/** Whose messages these are. */
interface OutboxOwner {
  /** What waited has been handed to the socket. */
  onFlushed(): void;
}

/**
 * What one connection has to send: joined, sealed and written once per turn of the event loop.
 *
 * One write for all messages of a turn costs 27 % less CPU than a `ws.send` for each (50 connections,
 * 8 requests in flight), and 8 % less than one for each read: what many peers asked in one turn is
 * answered in one go. That, and sealing straight into the frame, is why frames are written here and
 * not by ws: a server's frame is a header of 2 to 10 bytes and the payload (RFC 6455, 5.2).
 */
export class Outbox {
  /** Undefined while nothing waits: an empty array kept for each connection would only age. */
  private messages: Outgoing[] | undefined;
  /** Frames that were sealed before the rest: in another envelope, or for many. */
  private sealed: Uint8Array[] | undefined;
  /** Characters that are not sealed yet. */
  textLength = 0;
  /** Called when the socket has taken what was written: set by whoever waits for that. */
  onWritten: (() => void) | undefined;
  private isDue = false;

  constructor(
    private readonly socket: Socket,
    /** The envelope in force. */
    public envelope: Envelope,
    private readonly traffic: Traffic,
    private readonly owner: OutboxOwner,
  ) {}

  /** Bytes that wait in this process: roughly while they are text, exactly once they are sealed. */
  get waitingBytes(): number {
    return this.textLength + this.socket.writableLength;
  }

  add(message: Outgoing): void {
    this.textLength += message.length;
    if (this.messages) this.messages.push(message);
    else this.messages = [message];
    this.writeSoon();
  }

  /** What waits is sealed before it, so that it keeps its place. */
  addShared(record: SharedRecord): void {
    const frame = (record.frame ??= frameOf(record.bytes));
    this.keepSealed(this.takeFrames());
    this.keepSealed(frame);
    this.textLength += frame.length;
    this.traffic.messagesOut++;
    this.traffic.bytesOut += frame.length;
    this.writeSoon();
  }

  private writeSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    turns.writeAtEnd(this);
  }

  /** What waits still goes under the envelope in force, all that follows under another. */
  changeEnvelope(envelope: Envelope): void {
    this.keepSealed(this.takeFrames());
    this.envelope = envelope;
  }

  private keepSealed(frames: Uint8Array | undefined): void {
    if (!frames) return;
    if (this.sealed) this.sealed.push(frames);
    else this.sealed = [frames];
  }

  flush(): void {
    this.isDue = false;
    const { sealed } = this;
    if (!this.messages && !sealed) return;
    this.sealed = undefined;
    const frames = this.takeFrames();
    this.textLength = 0;
    if (sealed) this.writeAll(sealed);
    if (frames) this.socket.write(frames, this.onWritten);
    this.owner.onFlushed();
  }

  private writeAll(frames: readonly Uint8Array[]): void {
    if (!this.socket.writable) return;
    this.socket.cork();
    for (const frame of frames) this.socket.write(frame, this.onWritten);
    this.socket.uncork();
  }

  /** PROTOCOL-V2.md V5.9. What waits must have been flushed. */
  sayGoodbye(code: number, reason: string): void {
    const goodbye = this.socket.writable ? this.envelope.goodbye?.(code, reason) : undefined;
    if (!goodbye) return;
    this.socket.write(frameOf(goodbye));
  }

  /** Forgets what was not written yet, for a connection that is gone. */
  clear(): void {
    this.messages = undefined;
    this.sealed = undefined;
    this.textLength = 0;
  }

  private takeFrames(): Buffer | undefined {
    const { messages } = this;
    this.messages = undefined;
    if (!messages || !this.socket.writable) return undefined;
    const frames = this.seal(messages);
    this.traffic.messagesOut += messages.length;
    this.traffic.bytesOut += frames.length;
    return frames;
  }

  private seal(messages: Outgoing[]): Buffer {
    const { binary, overhead } = this.envelope;
    const texts = this.envelope.bundle(messages);
    const lengths: number[] = [];
    let total = 0;
    for (const text of texts) {
      const length = Buffer.byteLength(text);
      lengths.push(length);
      total += headerLength(overhead + length) + overhead + length;
    }
    const frames = Buffer.allocUnsafe(total);
    let offset = 0;
    for (let index = 0; index < texts.length; index++) {
      const length = lengths[index]!;
      offset = writeHeader(frames, offset, binary, overhead + length);
      offset = this.envelope.seal(texts[index]!, length, frames, offset);
    }
    return frames;
  }
}

function frameOf(record: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerLength(record.length) + record.length);
  frame.set(record, writeHeader(frame, 0, true, record.length));
  return frame;
}

function headerLength(payloadLength: number): number {
  if (payloadLength < LENGTH_IS_16_BIT) return 2;
  return payloadLength <= 0xffff ? 4 : 10;
}

function writeHeader(target: Buffer, offset: number, binary: boolean, length: number): number {
  target[offset] = binary ? BINARY_FRAME : TEXT_FRAME;
  if (length < LENGTH_IS_16_BIT) {
    target[offset + 1] = length;
    return offset + 2;
  }
  if (length <= 0xffff) {
    target[offset + 1] = LENGTH_IS_16_BIT;
    return target.writeUInt16BE(length, offset + 2);
  }
  target[offset + 1] = LENGTH_IS_64_BIT;
  return target.writeBigUInt64BE(BigInt(length), offset + 2);
}
