import { randomInt } from 'node:crypto';

// A slot is one iv in two words, the slot after it in its bucket, and the first slot of the bucket
// that has the slot's number. All in one array: what belongs together shares a cache line, and growing
// is one allocation, which matters to thousands of connections that say little.
const SLOT = 4;
const NEXT = 2;
const FIRST = 3;
const FIRST_SIZE = 16;
// Slots count from 1, so that a new array, all zeros, is empty.
const NONE = 0;
const NO_SLOTS = new Int32Array(0);

// Nobody who chooses ivs knows these, so they cannot be chosen to fall into one bucket.
const [FACTOR_1, FACTOR_2, FACTOR_3] = [oddFactor(), oddFactor(), oddFactor()];

function oddFactor(): number {
  return randomInt(2 ** 32) | 1;
}

/**
 * Remembers the last `capacity` ivs, to refuse a replayed frame: PROTOCOL.md R2.5.
 *
 * A ring of ivs, oldest overwritten first, with a hash chain through it. It starts empty and doubles
 * as it fills, so that an idle connection pays nothing. Of an iv it keeps 8 bytes that depend on all
 * 12: two ivs that differ in one place only, as counters do, always differ in them, and random ones
 * are alike with a probability of 2^-64. Cache misses are most of what a window costs.
 */
export class IvWindow {
  private slots = NO_SLOTS;
  private size = 0;
  private buckets = 0;
  private count = 0;
  private next = 0;

  constructor(private readonly capacity: number) {}

  /** Remembers the twelve bytes at `offset`. Returns false when they are known already. */
  remember(bytes: Buffer, offset = 0): boolean {
    if (this.capacity === 0) return true;
    const first = bytes.readInt32LE(offset);
    const one = bytes.readInt32LE(offset + 4) ^ Math.imul(first, FACTOR_1);
    const two = bytes.readInt32LE(offset + 8) ^ Math.imul(first, FACTOR_2);
    if (this.has(one, two)) return false;
    if (this.next === this.size) this.makeRoom();
    this.put(one, two);
    return true;
  }

  private has(one: number, two: number): boolean {
    if (this.size === 0) return false;
    const { slots } = this;
    let slot = slots[this.bucketOf(one, two) + FIRST]!;
    while (slot !== NONE) {
      const at = (slot - 1) * SLOT;
      if (slots[at] === one && slots[at + 1] === two) return true;
      slot = slots[at + NEXT]!;
    }
    return false;
  }

  private put(one: number, two: number): void {
    const slot = ++this.next;
    if (slot <= this.count) this.forget(slot);
    else this.count++;
    const at = (slot - 1) * SLOT;
    this.slots[at] = one;
    this.slots[at + 1] = two;
    this.link(slot);
  }

  private link(slot: number): void {
    const { slots } = this;
    const bucket = this.bucketAt(slot);
    slots[(slot - 1) * SLOT + NEXT] = slots[bucket + FIRST]!;
    slots[bucket + FIRST] = slot;
  }

  private forget(slot: number): void {
    const { slots } = this;
    const after = slots[(slot - 1) * SLOT + NEXT]!;
    let link = this.bucketAt(slot) + FIRST;
    while (slots[link] !== slot) link = (slots[link]! - 1) * SLOT + NEXT;
    slots[link] = after;
  }

  /** At the end of the ring: grows it, or goes round once it has its full size. */
  private makeRoom(): void {
    if (this.size < this.capacity) {
      this.grow(Math.min(this.capacity, Math.max(FIRST_SIZE, this.size * 2)));
    } else this.next = 0;
  }

  private grow(size: number): void {
    const slots = new Int32Array(size * SLOT);
    slots.set(this.slots);
    for (let at = 0; at < this.size * SLOT; at += SLOT) slots[at + FIRST] = NONE;
    this.slots = slots;
    this.size = size;
    this.buckets = 2 ** Math.floor(Math.log2(size));
    for (let slot = 1; slot <= this.count; slot++) this.link(slot);
  }

  private bucketAt(slot: number): number {
    const at = (slot - 1) * SLOT;
    return this.bucketOf(this.slots[at]!, this.slots[at + 1]!);
  }

  private bucketOf(one: number, two: number): number {
    const mixed = Math.imul(one ^ Math.imul(two, FACTOR_3), 0x9e3779b1);
    return ((mixed ^ (mixed >>> 15)) & (this.buckets - 1)) * SLOT;
  }
}
