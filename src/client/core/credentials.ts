// Of their lifetime: late enough to be seldom, early enough to try again.
const RENEW_AFTER = 0.8;
const SHORTEST_DELAY = 100;
const LONGEST_DELAY = 2 ** 31 - 1;

/** Credentials that expire: shows new ones in time, on the connection that there is (PROTOCOL.md R5.16). */
export class Credentials {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private expiresAt = 0;
  private isOver = false;

  /** @param show Shows what there is now. Rejects when the server did not take it, or nothing was there */
  constructor(private readonly show: () => Promise<unknown>) {}

  /** The server says that they end in so many milliseconds. */
  expireIn(milliseconds: unknown): void {
    if (typeof milliseconds !== 'number' || !(milliseconds > 0)) return;
    this.expiresAt = performance.now() + milliseconds;
    this.renewIn(milliseconds * RENEW_AFTER);
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private renewIn(milliseconds: number): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.renew(), Math.min(milliseconds, LONGEST_DELAY));
  }

  /** What fails is tried again, as long as there is time. */
  private async renew(): Promise<void> {
    try {
      await this.show();
    } catch {
      const left = this.expiresAt - performance.now();
      if (left > 0) this.renewIn(Math.max(left / 2, SHORTEST_DELAY));
    }
  }
}
