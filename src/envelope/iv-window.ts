import { randomInt } from 'node:crypto';

const WORDS_PER_IV = 3;
const FIRST_SIZE = 16;
const NONE = -1;
const FACTOR_OF_B = randomInt(2 ** 32) | 1;
const FACTOR_OF_C = randomInt(2 ** 32) | 1;
const NO_WORDS = new Uint32Array(0);
const NO_INDICES = new Int32Array(0);

/**
 * Remembers the last `capacity` ivs, to refuse a replayed frame: PROTOCOL.md R2.5.
 *
 * A ring of ivs, oldest overwritten first, with a hash chain through it: 12 bytes for each iv and 8
 * for finding it. It starts empty and doubles as it fills, so that an idle connection pays nothing.
 */
export class IvWindow {
  private words = NO_WORDS;
  private chain = NO_INDICES;
  private heads = NO_INDICES;
  private size = 0;
  private count = 0;
  private next = 0;

  constructor(private readonly capacity: number) {}

  /** Remembers the twelve bytes at `offset`. Returns false when they are known already. */
  remember(bytes: Buffer, offset = 0): boolean {
    if (this.capacity === 0) return true;
    const a = bytes.readUInt32LE(offset);
    const b = bytes.readUInt32LE(offset + 4);
    const c = bytes.readUInt32LE(offset + 8);
    if (this.has(a, b, c)) return false;
    if (this.next === this.size) this.makeRoom();
    this.put(a, b, c);
    return true;
  }

  private has(a: number, b: number, c: number): boolean {
    if (this.size === 0) return false;
    const { words, chain } = this;
    for (let at = this.heads[this.bucketOf(a, b, c)]!; at !== NONE; at = chain[at]!) {
      const word = at * WORDS_PER_IV;
      if (words[word] === a && words[word + 1] === b && words[word + 2] === c) return true;
    }
    return false;
  }

  private put(a: number, b: number, c: number): void {
    const at = this.next++;
    if (at < this.count) this.forget(at);
    else this.count++;
    const word = at * WORDS_PER_IV;
    this.words[word] = a;
    this.words[word + 1] = b;
    this.words[word + 2] = c;
    this.link(at, this.bucketOf(a, b, c));
  }

  private link(at: number, bucket: number): void {
    this.chain[at] = this.heads[bucket]!;
    this.heads[bucket] = at;
  }

  private forget(at: number): void {
    const bucket = this.bucketAt(at);
    if (this.heads[bucket] === at) {
      this.heads[bucket] = this.chain[at]!;
      return;
    }
    let before = this.heads[bucket]!;
    while (this.chain[before] !== at) before = this.chain[before]!;
    this.chain[before] = this.chain[at]!;
  }

  /** At the end of the ring: grows it, or goes round once it has its full size. */
  private makeRoom(): void {
    if (this.size < this.capacity) {
      this.grow(Math.min(this.capacity, Math.max(FIRST_SIZE, this.size * 2)));
    } else this.next = 0;
  }

  private grow(size: number): void {
    const words = new Uint32Array(size * WORDS_PER_IV);
    words.set(this.words);
    this.words = words;
    this.chain = new Int32Array(size);
    this.heads = new Int32Array(size).fill(NONE);
    this.size = size;
    for (let at = 0; at < this.count; at++) this.link(at, this.bucketAt(at));
  }

  private bucketAt(at: number): number {
    const word = at * WORDS_PER_IV;
    return this.bucketOf(this.words[word]!, this.words[word + 1]!, this.words[word + 2]!);
  }

  // Ivs may be counters, so all three words are mixed; in a way that nobody who chooses ivs knows, so
  // that they cannot be chosen to fall into one bucket.
  private bucketOf(a: number, b: number, c: number): number {
    const mixed = Math.imul(a ^ Math.imul(b, FACTOR_OF_B) ^ Math.imul(c, FACTOR_OF_C), 0x9e3779b1);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % this.size;
  }
}
