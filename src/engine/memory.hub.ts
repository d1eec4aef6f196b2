import type { EngineListener } from './engine.js';
import { MemoryClaims } from './memory.claims.js';
import { MemoryHistories } from './memory.histories.js';
import { MemoryPresence } from './memory.presence.js';

/** Somebody who may have subscribed to a channel. */
export interface Subscriber {
  readonly listener: EngineListener;
  hears(channel: string): boolean;
}

type Tell = (listener: EngineListener) => void;

interface Delivery {
  readonly channel: string;
  /** Who had subscribed when it was published. */
  readonly hearers: readonly Subscriber[];
  readonly tell: Tell;
}

/** What the sessions of one engine in memory share. */
export class MemoryHub {
  readonly histories = new MemoryHistories();
  readonly presence = new MemoryPresence();
  readonly claims = new MemoryClaims();
  private readonly subscribers = new Set<Subscriber>();
  private waiting: Delivery[] = [];

  join(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
  }

  leave(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
  }

  /** Delivers in a later turn of the event loop, as an engine would that is reached by a network. */
  publish(channel: string, tell: Tell): void {
    const hearers = [...this.subscribers].filter((subscriber) => subscriber.hears(channel));
    if (hearers.length === 0) return;
    this.waiting.push({ channel, hearers, tell });
    if (this.waiting.length === 1) setImmediate(this.deliverAll);
  }

  private readonly deliverAll = () => {
    const { waiting } = this;
    this.waiting = [];
    for (const { channel, hearers, tell } of waiting) {
      for (const hearer of hearers) if (hearer.hears(channel)) tell(hearer.listener);
    }
  };
}
