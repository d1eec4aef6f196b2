import type { Socket } from 'node:net';
import type { Envelope } from '../../envelope/envelope.js';
import { fitCloseReason } from '../../protocol/close-code.js';
import { BroadcastKeyMessage, type SharedRecord } from '../../envelope/outgoing.js';
import { asText, type SentMessage } from '../../protocol/sent-message.js';
import { Outbox } from './outbox.js';
import { SlowConsumer, type SlowConnection, type SlowConsumerContext } from './slow-consumer.js';

// The exact check reads through the socket's state, so a little text waits for it until the flush.
const LITTLE_TEXT = 64 * 1024;

/** Whose messages are sent. */
interface SenderOwner extends SlowConnection {
  readonly isOpen: boolean;
}

/** Sends what one peer is told, and bounds what waits for it. */
export class Sender {
  private readonly outbox: Outbox;
  private slowConsumer: SlowConsumer | undefined;

  constructor(
    private readonly socket: Socket,
    envelope: Envelope,
    private readonly owner: SenderOwner,
    private readonly context: SlowConsumerContext,
  ) {
    this.outbox = new Outbox(socket, envelope, context.traffic, this);
  }

  /** In force for both directions. */
  get envelope(): Envelope {
    return this.outbox.envelope;
  }

  /** Whether so much waits for the peer that it must take some of it first. */
  get isSlow(): boolean {
    return this.slowConsumer?.isSlow === true;
  }

  /** Bytes that wait for the peer. */
  get waitingBytes(): number {
    return this.outbox.waitingBytes;
  }

  /** Sends what belongs to a request. Never dropped: who asks for too much is not read any more. */
  reply(message: SentMessage): void {
    if (this.owner.isOpen) this.send(message);
  }

  /** Sends what nobody asked for. Returns false when it was dropped, or the connection is gone. */
  push(message: SentMessage): boolean {
    if (!this.admitsPush) return false;
    this.send(message);
    return this.owner.isOpen;
  }

  /** The same for what only version 2 has. */
  pushRecord(record: SharedRecord | BroadcastKeyMessage): boolean {
    if (!this.admitsPush) return false;
    if (record instanceof BroadcastKeyMessage) this.outbox.add(record);
    else this.outbox.addShared(record);
    this.checkSoon();
    return this.owner.isOpen;
  }

  private get admitsPush(): boolean {
    return this.owner.isOpen && this.slowConsumer?.admits() !== false;
  }

  /** Resolves when more may be sent: at once, unless the peer reads too slowly. */
  async whenReady(): Promise<void> {
    await this.slowConsumer?.whenReady();
  }

  /** What waits still goes under the envelope in force, all that follows under another. */
  changeEnvelope(envelope: Envelope): void {
    this.outbox.changeEnvelope(envelope);
  }

  /** Sends what waits, and in version 2 that it is the last. */
  finish(code: number, reason: string): void {
    this.outbox.flush();
    this.outbox.sayGoodbye(code, fitCloseReason(reason));
  }

  /** What waited has been handed to the socket. */
  onFlushed(): void {
    this.checkBacklog();
  }

  /** The connection is gone: nobody may wait for it any more. */
  release(): void {
    this.outbox.clear();
    this.slowConsumer?.release();
  }

  private send(message: SentMessage): void {
    this.outbox.add(this.envelope.isRecord ? message : asText(message));
    this.checkSoon();
  }

  private checkSoon(): void {
    if (this.outbox.textLength >= LITTLE_TEXT || this.isSlow) this.checkBacklog();
  }

  private checkBacklog(): void {
    const { outbox, context } = this;
    const { sendHighWaterMark, sendHardCap } = context.options.limits;
    if (outbox.waitingBytes <= Math.min(sendHighWaterMark, sendHardCap)) return;
    this.slowConsumer ??= new SlowConsumer(this.owner, outbox, this.socket, context);
    this.slowConsumer.check();
  }
}
