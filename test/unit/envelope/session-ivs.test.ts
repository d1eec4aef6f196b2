import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SessionIvs } from '../../../src/envelope/session-ivs.js';

const PREFIX = 'a1b2c3d4e5f6';
const START = 2 ** 40 - 5;

/** As a session sends them: six bytes that stay, and a counter. */
function counted(count: number, prefix = PREFIX): Buffer {
  const iv = Buffer.from(`${prefix}000000000000`, 'hex');
  iv.writeUIntBE(START + count, 6, 6);
  return iv;
}

/** Whether each is accepted, in that order. */
function accepted(seen: SessionIvs, counts: number[]): boolean[] {
  return counts.map((count) => seen.remember(counted(count)));
}

const all = (counts: number[], is: boolean) => counts.map(() => is);

describe('SessionIvs', () => {
  it('refuses every counter that has come, of any age', () => {
    const seen = new SessionIvs(4);
    const counts = [...Array(5_000).keys()];
    expect(accepted(seen, counts)).toEqual(all(counts, true));
    expect(accepted(seen, counts)).toEqual(all(counts, false));
  });

  it('accepts counters that come in another order or with gaps, once each', () => {
    const seen = new SessionIvs(100);
    const counts = [10, 11, 15, 13, 12, 14, 9, 16, 17, 1_000, 1_001, 0, 18];
    for (const [index, count] of counts.entries()) {
      expect(accepted(seen, [count])).toEqual([true]);
      const known = counts.slice(0, index + 1);
      expect(accepted(seen, known)).toEqual(all(known, false));
    }
  });

  it('refuses each of the last random ivs, and what comes among them', () => {
    const seen = new SessionIvs(100);
    const ivs = Array.from({ length: 50 }, () => randomBytes(12)).flatMap((iv, index) => [
      counted(index),
      iv,
    ]);
    expect(ivs.every((iv) => seen.remember(iv))).toBe(true);
    expect(ivs.some((iv) => seen.remember(iv))).toBe(false);
  });

  it('remembers as many random ivs as it was told', () => {
    const seen = new SessionIvs(10);
    const [first, ...ivs] = Array.from({ length: 12 }, () => randomBytes(12));
    for (const iv of [first!, ...ivs]) seen.remember(iv);
    const [forgotten, ...kept] = ivs;
    expect(kept.some((iv) => seen.remember(iv))).toBe(false);
    expect(seen.remember(forgotten!)).toBe(true);
    // A session's first one is never forgotten.
    expect(seen.remember(first!)).toBe(false);
  });

  it.each(['a1b2c3d4e5f7', 'a1b2c3d5e5f6'])(
    'tells counters apart from those after %s',
    (prefix) => {
      const seen = new SessionIvs(4);
      expect(seen.remember(counted(1))).toBe(true);
      expect(seen.remember(counted(2, prefix))).toBe(true);
      expect(seen.remember(counted(2, prefix))).toBe(false);
      expect(seen.remember(counted(2))).toBe(true);
    },
  );

  it('remembers nothing with a capacity of 0', () => {
    expect(accepted(new SessionIvs(0), [1, 1])).toEqual([true, true]);
  });
});
