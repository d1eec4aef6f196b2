import { IvWindow } from './iv-window.js';
import type { SeenIvs } from './sealed.envelope.js';

/**
 * The ivs that one session has received, to refuse a replayed frame: PROTOCOL.md R2.5.
 *
 * Ivs that count up from the session's first one without a gap, as this implementation sends them, are
 * all between the first and the last: replays of any age are noticed at the cost of two numbers. Any
 * others, random ones and what comes after a gap, are left to a window, which takes 20 KiB for 1,024 of
 * them and up to 0.5 us of a message in cache misses.
 */
export class SessionIvs implements SeenIvs {
  private prefixHigh = 0;
  private prefixLow = 0;
  private first = -1;
  private last = -1;
  private others: IvWindow | undefined;

  constructor(private readonly capacity: number) {}

  remember(frame: Buffer): boolean {
    if (this.capacity === 0) return true;
    const high = frame.readInt32BE(0);
    const middle = frame.readInt32BE(4);
    const low = frame.readInt32BE(8);
    const counter = (middle & 0xffff) * 2 ** 32 + (low >>> 0);
    if (this.first === -1) return this.begin(high, middle >>> 16, counter);
    const hasPrefix = high === this.prefixHigh && middle >>> 16 === this.prefixLow;
    if (!hasPrefix || counter < this.first || counter > this.last + 1) {
      this.others ??= new IvWindow(this.capacity);
      return this.others.rememberWords(high, middle, low);
    }
    if (counter <= this.last) return false;
    // The next one; after a gap it may have come before it was the next one.
    if (this.others?.rememberWords(high, middle, low) === false) return false;
    this.last = counter;
    return true;
  }

  private begin(high: number, low: number, counter: number): true {
    this.prefixHigh = high;
    this.prefixLow = low;
    this.first = counter;
    this.last = counter;
    return true;
  }
}
