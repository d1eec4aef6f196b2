interface Listeners {
  readonly actions: Set<() => void>;
  readonly abort: () => void;
}

const bySignal = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls back when a signal fires. It gets one listener, however many requests wait for it: Node takes
 * more than ten on one signal for a leak, and warns.
 * @returns a function that stops listening
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  const listeners = bySignal.get(signal) ?? listenTo(signal);
  listeners.actions.add(action);
  return () => {
    listeners.actions.delete(action);
    if (listeners.actions.size === 0) stopListening(signal, listeners);
  };
}

function listenTo(signal: AbortSignal): Listeners {
  const actions = new Set<() => void>();
  const abort = () => {
    for (const action of actions) action();
  };
  const listeners = { actions, abort };
  bySignal.set(signal, listeners);
  signal.addEventListener('abort', abort, { once: true });
  return listeners;
}

function stopListening(signal: AbortSignal, listeners: Listeners): void {
  signal.removeEventListener('abort', listeners.abort);
  if (bySignal.get(signal) === listeners) bySignal.delete(signal);
}
