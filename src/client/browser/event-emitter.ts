import type { ClientEvents, SocketClientEvents } from '../core/client.events.js';

type Event = keyof SocketClientEvents;
type Listener = Function;

/** Keeps listeners as the EventEmitter of Node does. What calls them is `emitEvent`. */
export class EventEmitter implements ClientEvents {
  private readonly listeners = new Map<Event, Listener[]>();

  on(event: Event, listener: Listener): this {
    this.listeners.set(event, [...this.rawListeners(event), listener]);
    return this;
  }

  once(event: Event, listener: Listener): this {
    const once = Object.assign(
      (...args: unknown[]): unknown => {
        this.off(event, listener);
        return Reflect.apply(listener, this, args);
      },
      { listener },
    );
    return this.on(event, once);
  }

  off(event: Event, listener: Listener): this {
    const listeners = this.rawListeners(event);
    const index = listeners.findLastIndex(
      (one) => one === listener || (one as { listener?: Listener }).listener === listener,
    );
    this.listeners.set(event, listeners.toSpliced(index, index < 0 ? 0 : 1));
    return this;
  }

  listenerCount(event: Event): number {
    return this.rawListeners(event).length;
  }

  rawListeners(event: Event): Listener[] {
    return this.listeners.get(event) ?? [];
  }
}
