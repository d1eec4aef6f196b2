import { errorText } from '../common/shown-text.js';
import type { WatchingClient } from '../common/watching-client.js';
import type { Say } from './said.js';

/** Connects, or rejects at the first failure: whoever waits at a terminal wants to know why. */
export function untilConnected(client: WatchingClient): Promise<void> {
  const { events } = client;
  return new Promise((resolve, reject) => {
    const fail = ({ error }: { error: Error }) => {
      reject(error);
      client.close();
    };
    events.once('reconnecting', fail);
    client.connect().then(() => {
      events.off('reconnecting', fail);
      resolve();
    }, reject);
  });
}

/** Tells when the connection is lost, when it is back, and when it will not come back. */
export function tellOutages({ events }: WatchingClient, say: Say, onFailed: () => void): void {
  events.on('disconnect', ({ code, reason }) => say({ event: 'disconnected', code, reason }));
  events.on('reconnecting', ({ delay }) =>
    say({ event: 'tries again', text: `in ${(delay / 1_000).toFixed(1)} s` }),
  );
  events.on('reconnected', () => say({ event: 'connected again' }));
  events.on('reconnectFailed', (error) => {
    say({ event: 'gave up', text: errorText(error) });
    onFailed();
  });
}
