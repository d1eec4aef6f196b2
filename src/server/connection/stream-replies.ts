import { Subscription } from 'rxjs';
import { isCredit, type MessageId, type WireMessage } from '../../protocol/message.js';
import { StreamCredit } from './stream-credit.js';

/** One stream: open as long as the peer wants the values that it asked for. */
export class StreamReply extends Subscription {
  /** Undefined for a peer that takes values as they come. */
  readonly credit: StreamCredit | undefined;

  constructor(credit: unknown, onEnd: () => void) {
    super(onEnd);
    if (isCredit(credit)) this.credit = new StreamCredit(credit);
  }
}

/**
 * The replies of one connection that take time to come, each a subscription to which its source is
 * added. They end when the connection goes, and streams also when the peer cancels them.
 */
export class StreamReplies {
  private readonly streams = new Map<MessageId, StreamReply>();
  private readonly others = new Set<Subscription>();

  /** How many streams are open. */
  get size(): number {
    return this.streams.size;
  }

  has(id: MessageId): boolean {
    return this.streams.has(id);
  }

  /** Opens a stream: it can be cancelled from now on, also while it has no source yet. */
  open({ id, credit }: WireMessage & { id: MessageId }): StreamReply {
    const stream = new StreamReply(credit, () => this.streams.delete(id));
    this.streams.set(id, stream);
    return stream;
  }

  /** Opens an ordinary reply, which nobody can cancel. */
  openOther(): Subscription {
    const reply = new Subscription(() => this.others.delete(reply));
    this.others.add(reply);
    return reply;
  }

  cancel(id: MessageId): void {
    this.streams.get(id)?.unsubscribe();
  }

  /** The peer wants more of a stream. What it says of one that is over interests nobody. */
  grant(id: MessageId, credit: number): void {
    this.streams.get(id)?.credit?.grant(credit);
  }

  cancelStreams(): void {
    for (const stream of this.streams.values()) stream.unsubscribe();
  }

  cancelAll(): void {
    this.cancelStreams();
    for (const reply of this.others) reply.unsubscribe();
  }
}
