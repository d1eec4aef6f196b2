import { randomInt } from 'node:crypto';

// A slot is one iv, the slot after it in its bucket, and the first slot of the bucket that has the
// slot's number. All in one array: what belongs together shares a cache line, and growing is one
// allocation, which matters to thousands of connections that say little.
const SLOT = 5;
const NEXT = 3;
const FIRST = 4;
const FIRST_SIZE = 16;
// Slots count from 1, so that a new array, all zeros, is empty.
const NONE = 0;
const NO_SLOTS = new Int32Array(0);

const FACTOR_OF_B = randomInt(2 ** 32) | 1;
const FACTOR_OF_C = randomInt(2 ** 32) | 1;

/**
 * Remembers the last `capacity` ivs, to refuse a replayed frame: PROTOCOL.md R2.5.
 *
 * A ring of ivs, oldest overwritten first, with a hash chain through it: 12 bytes for each iv and 8
 * for finding it. It starts empty and doubles as it fills, so that an idle connection pays nothing.
 */
export class IvWindow {
  private slots = NO_SLOTS;
  private size = 0;
  private count = 0;
  private next = 0;

  constructor(private readonly capacity: number) {}

  /** Remembers the twelve bytes at `offset`. Returns false when they are known already. */
  remember(bytes: Buffer, offset = 0): boolean {
    if (this.capacity === 0) return true;
    const a = bytes.readInt32LE(offset);
    const b = bytes.readInt32LE(offset + 4);
    const c = bytes.readInt32LE(offset + 8);
    if (this.has(a, b, c)) return false;
    if (this.next === this.size) this.makeRoom();
    this.put(a, b, c);
    return true;
  }

  private has(a: number, b: number, c: number): boolean {
    if (this.size === 0) return false;
    const { slots } = this;
    let slot = slots[this.bucketOf(a, b, c) + FIRST]!;
    while (slot !== NONE) {
      const at = (slot - 1) * SLOT;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c) return true;
      slot = slots[at + NEXT]!;
    }
    return false;
  }

  private put(a: number, b: number, c: number): void {
    const slot = ++this.next;
    if (slot <= this.count) this.forget(slot);
    else this.count++;
    const at = (slot - 1) * SLOT;
    this.slots[at] = a;
    this.slots[at + 1] = b;
    this.slots[at + 2] = c;
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
    for (let slot = 1; slot <= this.count; slot++) this.link(slot);
  }

  private bucketAt(slot: number): number {
    const at = (slot - 1) * SLOT;
    return this.bucketOf(this.slots[at]!, this.slots[at + 1]!, this.slots[at + 2]!);
  }

  // Ivs may be counters, so all three words are mixed; in a way that nobody who chooses ivs knows, so
  // that they cannot be chosen to fall into one bucket.
  private bucketOf(a: number, b: number, c: number): number {
    const mixed = Math.imul(a ^ Math.imul(b, FACTOR_OF_B) ^ Math.imul(c, FACTOR_OF_C), 0x9e3779b1);
    return (((mixed ^ (mixed >>> 15)) >>> 0) % this.size) * SLOT;
  }
}
