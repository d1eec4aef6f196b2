/** Counts events in windows of time. */
export class EventRate {
  private startedAt = -Infinity;
  private count = 0;

  /** Counts one event, and returns how many there were in the current window of so many ms. */
  countWithin(window: number): number {
    this.startNext(window);
    return ++this.count;
  }

  /** How many events the current window of so many ms has. */
  countOf(window: number): number {
    this.startNext(window);
    return this.count;
  }

  private startNext(window: number): void {
    const now = performance.now();
    if (now - this.startedAt < window) return;
    this.startedAt = now;
    this.count = 0;
  }
}
