import { setTimeout as delay } from 'node:timers/promises';
import type { SocketClient } from '../../../src/client/index.js';
import type { AttackedServer } from './attacked-server.js';

const PAUSE = 5;

/** How honest clients were served. */
export interface Service {
  readonly requests: number;
  readonly failures: number;
  /** Milliseconds from request to reply. */
  readonly p50: number;
  readonly p95: number;
}

/** Clients that ask one thing after the other, as ordinary ones do. */
export class HonestClients {
  static async connect(server: AttackedServer, count: number): Promise<HonestClients> {
    const clients = Array.from({ length: count }, () => server.connect());
    return new HonestClients(await Promise.all(clients));
  }

  private constructor(private readonly clients: readonly SocketClient[]) {}

  /** Requests of all of them for so many milliseconds. */
  async serve(milliseconds: number): Promise<Service> {
    const end = performance.now() + milliseconds;
    const times: number[] = [];
    let failures = 0;
    const work = async (client: SocketClient): Promise<void> => {
      while (performance.now() < end) {
        const start = performance.now();
        const reply = await client.request('echo', start, { timeout: 10_000 }).catch(() => null);
        times.push(performance.now() - start);
        if (reply !== start) failures++;
        await delay(PAUSE);
      }
    };
    await Promise.all(this.clients.map(work));
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
    return { requests: times.length, failures, p50: at(0.5), p95: at(0.95) };
  }
}
