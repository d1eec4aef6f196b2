import type { ClientEvents, SocketClientEvents } from './client.events.js';

type Event = keyof SocketClientEvents;

/**
 * Tells every listener, also when one before it fails: nothing that a listener does reaches the
 * connection. Its fault goes to `listenerFailed`, and without a listener for that becomes an unhandled
 * rejection. Returns whether anybody listens.
 */
export function emitEvent<E extends Event>(
  events: ClientEvents,
  event: E,
  ...args: SocketClientEvents[E]
): boolean {
  const listeners = events.rawListeners(event);
  for (const listener of listeners) void call(events, event, listener, args);
  return listeners.length > 0;
}

async function call(
  events: ClientEvents,
  event: Event,
  listener: Function,
  args: unknown[],
): Promise<void> {
  try {
    await Reflect.apply(listener, events, args);
  } catch (error) {
    const isHeard = event !== 'listenerFailed' && events.listenerCount('listenerFailed') > 0;
    if (!isHeard) throw error;
    emitEvent(events, 'listenerFailed', { event, error });
  }
}
