import { isSocketsError, RemoteError } from '../../protocol/sockets.errors.js';
import type { WatchingClient } from '../common/watching-client.js';
import type { BenchPlan } from './bench.plan.js';
import { Latencies } from './latencies.js';

/** Asks as fast as replies come: each of the open requests is followed by the next one. */
export class Load {
  readonly latencies = new Latencies();
  /** How often which error came. */
  readonly errors = new Map<string, number>();
  /** Replies until the end of the time; later ones are in the latencies alone. */
  replies = 0;
  private isOver = false;
  private isInterrupted = false;
  private start = 0;
  private end = 0;

  constructor(private readonly plan: BenchPlan) {}

  /** Resolves when the time is over, or no connection is left, and every request has its reply. */
  async run(clients: readonly WatchingClient[]): Promise<void> {
    this.start = performance.now();
    const timer = setTimeout(() => this.stop(), this.plan.seconds * 1_000);
    const each = clients.flatMap((client) =>
      Array<WatchingClient>(this.plan.inFlight).fill(client),
    );
    await Promise.all(each.map((client) => this.ask(client)));
    clearTimeout(timer);
    this.stop();
  }

  /** Begins no request any more. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.end = performance.now();
  }

  /** The same, and what is open is not waited for: its connections are about to be closed. */
  interrupt(): void {
    this.isInterrupted = true;
    this.stop();
  }

  get seconds(): number {
    return ((this.isOver ? this.end : performance.now()) - this.start) / 1_000;
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }

  private async ask(client: WatchingClient): Promise<void> {
    const { request, data, timeout } = this.plan;
    const options = { timeout };
    while (!this.isOver && client.isConnected) {
      const start = performance.now();
      try {
        await client.request(request, data, options);
        this.latencies.add(performance.now() - start);
        if (!this.isOver) this.replies++;
      } catch (error) {
        // What this side refuses takes no time: asked again and again it would leave none for anything.
        if (!this.note(error)) return;
      }
    }
  }

  /** @returns whether the server may do better with the next one */
  private note(error: unknown): boolean {
    if (!isSocketsError(error)) throw error;
    if (this.isInterrupted) return false;
    this.errors.set(error.code, (this.errors.get(error.code) ?? 0) + 1);
    return error instanceof RemoteError || error.code === 'REQUEST_TIMEOUT';
  }
}
