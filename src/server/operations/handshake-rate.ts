const ONE_SECOND = 1_000;

/** How many handshakes are done in a second. Those that come beyond that have their turn in the next ones. */
export class HandshakeRate {
  private second = -Infinity;
  /** In this second, and for the ones to come. */
  private taken = 0;

  constructor(private readonly limit: number) {}

  /**
   * Takes a turn.
   * @returns milliseconds until it comes; undefined, and nothing is taken, if that would be too long
   */
  take(longest: number): number | undefined {
    const now = performance.now();
    this.forgetUntil(now);
    const comes = this.second + Math.floor(this.taken / this.limit) * ONE_SECOND;
    const wait = Math.max(0, comes - now);
    if (wait > longest) return undefined;
    this.taken++;
    return wait;
  }

  /** Seconds are counted from the first handshake after a time without any. */
  private forgetUntil(now: number): void {
    const passed = Math.floor((now - this.second) / ONE_SECOND);
    if (passed === 0) return;
    this.taken = Math.max(0, this.taken - passed * this.limit);
    this.second = this.taken === 0 ? now : this.second + passed * ONE_SECOND;
  }
}
