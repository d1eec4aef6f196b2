import { randomInt } from 'node:crypto';

// A slot is one iv in two words, and the place before it in its bucket. The last place of each bucket
// comes before all slots, packed, since it is read for every iv. All in one array: growing is one
// allocation, which matters to thousands of connections that say little.
const SLOT = 3;
const BEFORE = 2;
const FIRST_SIZE = 16;
const MAX_PLACE = 2 ** 31 - 1;
const NO_SLOTS = new Int32Array(0);

// Nobody who chooses ivs knows these, so they cannot be chosen to fall into one bucket.
const [FACTOR_1, FACTOR_2, FACTOR_3] = [oddFactor(), oddFactor(), oddFactor()];

function oddFactor(): number {
  return randomInt(2 ** 32) | 1;
}

/**
 * Remembers the last `capacity` ivs, to refuse a replayed frame: PROTOCOL.md R2.5.
 *
 * A ring of ivs, oldest overwritten first, with a hash chain through it, as compressors keep one through
 * what they have seen: each iv has a place, places count up, and a chain ends at the first place that the
 * ring has passed. So what is overwritten need not be taken out of its chain: cache misses are most of
 * what a window costs. It starts empty and doubles as it fills, so that an idle connection pays nothing.
 *
 * Of an iv it keeps 8 bytes that depend on all 12: two ivs that differ in one place only, as counters do,
 * always differ in them, and random ones are alike with a probability of 2^-64.
 */
export class IvWindow {
  private slots = NO_SLOTS;
  private size = 0;
  private buckets = 0;
  /** The last one. The first is so high that 0, of which a new array is full, was passed before. */
  private place: number;

  constructor(
    private readonly capacity: number,
    private readonly maxPlace = MAX_PLACE,
  ) {
    this.place = capacity;
  }

  /** Remembers the twelve bytes at `offset`. Returns false when they are known already. */
  remember(bytes: Buffer, offset = 0): boolean {
    return this.rememberWords(
      bytes.readInt32BE(offset),
      bytes.readInt32BE(offset + 4),
      bytes.readInt32BE(offset + 8),
    );
  }

  /** The same, for who has read the three words of four bytes already. */
  rememberWords(first: number, second: number, third: number): boolean {
    if (this.capacity === 0) return true;
    const one = second ^ Math.imul(first, FACTOR_1);
    const two = third ^ Math.imul(first, FACTOR_2);
    if (this.has(one, two)) return false;
    this.makeRoom();
    this.put(one, two);
    return true;
  }

  private has(one: number, two: number): boolean {
    if (this.size === 0) return false;
    const { slots, size, buckets } = this;
    const passed = this.place - size;
    let place = slots[this.bucketOf(one, two)]!;
    while (place > passed) {
      const at = buckets + (place % size) * SLOT;
      if (slots[at] === one && slots[at + 1] === two) return true;
      place = slots[at + BEFORE]!;
    }
    return false;
  }

  private put(one: number, two: number): void {
    const { slots } = this;
    const place = ++this.place;
    const at = this.buckets + (place % this.size) * SLOT;
    const bucket = this.bucketOf(one, two);
    slots[at] = one;
    slots[at + 1] = two;
    slots[at + BEFORE] = slots[bucket]!;
    slots[bucket] = place;
  }

  private makeRoom(): void {
    const isFull = this.place - this.capacity >= this.size;
    if (isFull && this.size < this.capacity) {
      this.moveTo(Math.min(this.capacity, Math.max(FIRST_SIZE, this.size * 2)));
    } else if (this.place === this.maxPlace) this.moveTo(this.size);
  }

  /** Puts all into a new array, oldest first, with places from the start. */
  private moveTo(size: number): void {
    const { slots, size: oldSize, buckets: oldBuckets, place, capacity } = this;
    this.buckets = 2 * 2 ** Math.ceil(Math.log2(size));
    this.size = size;
    this.slots = new Int32Array(this.buckets + size * SLOT);
    this.place = capacity;
    for (let old = Math.max(capacity, place - oldSize) + 1; old <= place; old++) {
      const at = oldBuckets + (old % oldSize) * SLOT;
      this.put(slots[at]!, slots[at + 1]!);
    }
  }

  private bucketOf(one: number, two: number): number {
    const mixed = Math.imul(one ^ Math.imul(two, FACTOR_3), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (this.buckets - 1);
  }
}
