import type { EngineListener } from './engine.js';
import { MemoryClaims } from './memory.claims.js';
import { MemoryHistories } from './memory.histories.js';
import { MemoryPresence } from './memory.presence.js';

/** Somebody who may have subscribed to a channel. */
export interface Subscriber {
  readonly listener: EngineListener;
  hears(channel: string): boolean;
}

type Delivery = (listener: EngineListener) => void;

/** What the sessions of one engine in memory share. */
export class MemoryHub {
  readonly histories = new MemoryHistories();
  readonly presence = new MemoryPresence();
  readonly claims = new MemoryClaims();
  private readonly subscribers = new Set<Subscriber>();
  private waiting: { readonly channel: string; readonly deliver: Delivery }[] = [];

  join(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
  }

  leave(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
  }

  /** Delivers in a later turn of the event loop, as an engine would that is reached by a network. */
  publish(channel: string, deliver: Delivery): void {
    this.waiting.push({ channel, deliver });
    if (this.waiting.length === 1) setImmediate(this.deliverAll);
  }

  private readonly deliverAll = () => {
    const { waiting } = this;
    this.waiting = [];
    for (const { channel, deliver } of waiting) {
      for (const subscriber of this.subscribers) {
        if (subscriber.hears(channel)) deliver(subscriber.listener);
      }
    }
  };
}
