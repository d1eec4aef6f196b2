import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { IvWindow } from '../../../src/envelope/iv-window.js';

/** As a session sends them: six bytes that stay, and a counter. */
function counted(count: number): Buffer {
  const iv = Buffer.from('a1b2c3d4e5f6000000000000', 'hex');
  iv.writeUIntBE(count, 6, 6);
  return iv;
}

function countedIvs(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => counted(index));
}

function randomIvs(count: number): Buffer[] {
  return Array.from({ length: count }, () => randomBytes(12));
}

/** The slow and obvious way to remember the last `capacity` ivs. */
class ObviousWindow {
  private readonly known: string[] = [];

  constructor(private readonly capacity: number) {}

  remember(iv: Buffer): boolean {
    const text = iv.toString('hex');
    if (this.known.includes(text)) return false;
    this.known.push(text);
    if (this.known.length > this.capacity) this.known.shift();
    return true;
  }
}

describe.each([
  ['counters', countedIvs],
  ['random ivs', randomIvs],
])('IvWindow with %s', (_kind, make) => {
  it('refuses each iv that it has remembered', () => {
    const window = new IvWindow(1_024);
    const ivs = make(1_024);
    expect(ivs.every((iv) => window.remember(iv))).toBe(true);
    expect(ivs.some((iv) => window.remember(iv))).toBe(false);
  });

  it.each([1, 2, 15, 16, 17, 100, 1_000])('remembers exactly the last %i', (capacity) => {
    const window = new IvWindow(capacity);
    const ivs = make(capacity + 1);
    for (const iv of ivs) window.remember(iv);
    const [evicted, ...kept] = ivs;
    expect(kept.some((iv) => window.remember(iv))).toBe(false);
    expect(window.remember(evicted!)).toBe(true);
    // Which in turn evicted the one that was the oldest by now.
    expect(window.remember(kept[0]!)).toBe(true);
  });

  it.each([
    ['while it grows and when it goes round', 2 ** 31 - 1],
    ['when it has to count from the start again', 100],
  ])('does as the obvious implementation does %s', (_when, maxPlace) => {
    const ivs = make(150);
    const window = new IvWindow(40, maxPlace);
    const obvious = new ObviousWindow(40);
    for (let step = 0; step < 3_000; step++) {
      // Wanders forth and back, so that there are hits, misses and returns of the evicted.
      const iv = ivs[(step * 7 + (step % 13) * 3) % ivs.length]!;
      expect(window.remember(iv)).toBe(obvious.remember(iv));
    }
  });
});

describe('IvWindow', () => {
  it('reads the twelve bytes at the offset, and nothing around them', () => {
    const window = new IvWindow(4);
    const frame = Buffer.concat([Buffer.from([9, 9, 9]), counted(7), Buffer.from([8, 8])]);
    expect(window.remember(frame, 3)).toBe(true);
    expect(window.remember(counted(7))).toBe(false);
  });

  it.each([0, 1, 5, 6, 11])('tells ivs apart that differ in byte %i alone', (offset) => {
    const window = new IvWindow(4);
    const other = counted(7);
    other[offset]! ^= 0x80;
    expect(window.remember(counted(7))).toBe(true);
    expect(window.remember(other)).toBe(true);
  });

  it.each([0, 4, 8])(
    'takes counters at byte %i for what they are, whatever their order',
    (offset) => {
      const window = new IvWindow(10_000);
      const ivs = [...Array(2_500).keys()].flatMap((count) => {
        const [little, big] = [Buffer.alloc(12, 7), Buffer.alloc(12, 9)];
        little.writeUInt32LE(count, offset);
        big.writeUInt32BE(count, offset);
        return [little, big];
      });
      expect(ivs.every((iv) => window.remember(iv))).toBe(true);
      expect(ivs.some((iv) => window.remember(iv))).toBe(false);
    },
  );

  it('remembers nothing with a capacity of 0', () => {
    const window = new IvWindow(0);
    expect(window.remember(counted(1))).toBe(true);
    expect(window.remember(counted(1))).toBe(true);
  });

  it('copies what it remembers, for frames whose buffer is used again', () => {
    const window = new IvWindow(4);
    const buffer = counted(1);
    window.remember(buffer);
    counted(2).copy(buffer);
    expect(window.remember(buffer)).toBe(true);
    expect(window.remember(counted(1))).toBe(false);
  });
});
