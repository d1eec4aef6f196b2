import { Subscription } from 'rxjs';
import type { MessageId } from '../protocol/message.js';

/**
 * The replies of one connection that take time to come, each a subscription to which its source is
 * added. They end when the connection goes, and streams also when the peer cancels them.
 */
export class StreamReplies {
  private readonly streams = new Map<MessageId, Subscription>();
  private readonly others = new Set<Subscription>();

  /** How many streams are open. */
  get size(): number {
    return this.streams.size;
  }

  has(id: MessageId): boolean {
    return this.streams.has(id);
  }

  /** Opens a stream: it can be cancelled from now on, also while it has no source yet. */
  open(id: MessageId): Subscription {
    const stream = new Subscription(() => this.streams.delete(id));
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

  cancelStreams(): void {
    for (const stream of this.streams.values()) stream.unsubscribe();
  }

  cancelAll(): void {
    this.cancelStreams();
    for (const reply of this.others) reply.unsubscribe();
  }
}
