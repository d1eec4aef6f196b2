// Each bucket reaches 2 % further than the one before it, from a microsecond on.
const GROWTH = Math.log(1.02);
const SMALLEST = 0.001;

/** How long replies took, within 1 %, in memory that does not grow with their number. */
export class Latencies {
  /** Most are missing. */
  private readonly buckets: (number | undefined)[] = [];
  private count = 0;
  max = 0;

  add(milliseconds: number): void {
    const above = Math.log(Math.max(milliseconds, SMALLEST) / SMALLEST);
    const index = Math.floor(above / GROWTH);
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.count++;
    this.max = Math.max(this.max, milliseconds);
  }

  /** Milliseconds that so many percent of the replies did not exceed; 0 without replies. */
  percentile(percent: number): number {
    let left = Math.ceil((this.count * percent) / 100);
    if (left === 0) return 0;
    const index = this.buckets.findIndex((count = 0) => (left -= count) <= 0);
    return Math.min(SMALLEST * Math.exp((index + 0.5) * GROWTH), this.max);
  }
}
