import { SocketClient } from '../../../src/client/index.js';
import type { Target } from './raw-socket.js';

const PERIOD = 10;
const REQUEST_TIMEOUT = 10_000;

/** How honest clients were served. */
export interface Service {
  /** Milliseconds from each request to its reply. */
  readonly latencies: number[];
  /** Why requests got no reply, or a wrong one. */
  readonly failures: string[];
}

/**
 * Honest clients, each of which asks every so many milliseconds, whether it was answered or not: a
 * server that stands still for a while is measured by every request of that while.
 */
export class HonestLoad {
  readonly #clients: SocketClient[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #open = new Set<Promise<void>>();
  #service: Service = { latencies: [], failures: [] };

  async connect({ port, authKey }: Target, count: number): Promise<void> {
    const address = `ws://127.0.0.1:${port}`;
    const clients = Array.from(
      { length: count },
      () => new SocketClient({ address, authKey, reconnect: false }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    this.#clients.push(...clients);
  }

  begin(period = PERIOD): void {
    this.#service = { latencies: [], failures: [] };
    for (const client of this.#clients) {
      this.#timers.push(setInterval(() => this.#track(this.#ask(client)), period));
    }
  }

  /** Asks no more, and resolves when everything is answered. */
  async end(): Promise<Service> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await Promise.all(this.#open);
    return this.#service;
  }

  #track(asking: Promise<void>): void {
    this.#open.add(asking);
    void asking.then(() => this.#open.delete(asking));
  }

  async #ask(client: SocketClient): Promise<void> {
    const { latencies, failures } = this.#service;
    const startedAt = performance.now();
    try {
      const reply = await client.request('echo', startedAt, { timeout: REQUEST_TIMEOUT });
      latencies.push(performance.now() - startedAt);
      if (reply !== startedAt) failures.push(`answered ${JSON.stringify(reply)}`);
    } catch (error) {
      failures.push(String(error));
    }
  }
}
