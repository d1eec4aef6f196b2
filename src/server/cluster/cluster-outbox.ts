import { encodeMessages } from './cluster-codec.js';
import type { ClusterMessage } from './cluster-message.js';

/** What may wait for an engine that is away: more is dropped, and counted. */
const MAX_WAITING_FRAMES = 1_000;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

interface WaitingBatch {
  readonly channel: string;
  readonly messages: Buffer;
}

/** Where the frames of a node go. */
export interface ClusterOutboxOwner {
  isReady(): boolean;
  /** Seals the messages, and gives them to the engine. */
  transmit(channel: string, messages: Buffer): void;
  onDropped(): void;
}

/** What a node sends to others: one frame for each turn of the event loop and channel. */
export class ClusterOutbox {
  private readonly turn = new Map<string, ClusterMessage[]>();
  private waiting: WaitingBatch[] = [];
  private waitingBytes = 0;

  constructor(private readonly owner: ClusterOutboxOwner) {}

  add(channel: string, message: ClusterMessage): void {
    const messages = this.turn.get(channel);
    if (messages) return void messages.push(message);
    if (this.turn.size === 0) setImmediate(() => this.flush());
    this.turn.set(channel, [message]);
  }

  /** The engine is back. */
  resume(): void {
    const batches = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const { channel, messages } of batches) this.send(channel, messages);
  }

  /** Sends what this turn has said so far. */
  flush(): void {
    const turn = [...this.turn];
    this.turn.clear();
    for (const [channel, messages] of turn) this.send(channel, encodeMessages(messages));
  }

  private send(channel: string, messages: Buffer): void {
    if (this.owner.isReady()) this.owner.transmit(channel, messages);
    else this.keep(channel, messages);
  }

  private keep(channel: string, messages: Buffer): void {
    const isFull =
      this.waiting.length >= MAX_WAITING_FRAMES ||
      this.waitingBytes + messages.length > MAX_WAITING_BYTES;
    if (isFull) return this.owner.onDropped();
    this.waiting.push({ channel, messages });
    this.waitingBytes += messages.length;
  }
}
