import type { Observable, Subscription } from 'rxjs';
import type { MessageId } from '../protocol/message.js';

/** What happens with the values of a reply. */
export interface ReplySink {
  next(value: unknown): void;
  complete(): void;
  error(error: unknown): void;
}

/**
 * The replies of one connection that take time to come, by the id of their request. Whatever is open
 * is unsubscribed when it is cancelled or when the connection goes.
 */
export class StreamReplies {
  private readonly open = new Map<MessageId | symbol, Subscription>();

  get size(): number {
    return this.open.size;
  }

  has(id: MessageId): boolean {
    return this.open.has(id);
  }

  /** Subscribes to `values` until they end. Without an id they cannot be cancelled by the peer. */
  start(id: MessageId | undefined, values: Observable<unknown>, sink: ReplySink): void {
    const key = id ?? Symbol('request without id');
    let ended = false;
    const subscription = values.subscribe({
      next: (value) => sink.next(value),
      error: (error: unknown) => {
        ended = true;
        this.open.delete(key);
        sink.error(error);
      },
      complete: () => {
        ended = true;
        this.open.delete(key);
        sink.complete();
      },
    });
    if (!ended) this.open.set(key, subscription);
  }

  cancel(id: MessageId): void {
    this.open.get(id)?.unsubscribe();
    this.open.delete(id);
  }

  cancelAll(): void {
    for (const subscription of this.open.values()) subscription.unsubscribe();
    this.open.clear();
  }
}
