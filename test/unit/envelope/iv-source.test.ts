import { describe, expect, it } from '@jest/globals';
import { CountedIvs, RandomIvs, type IvSource } from '../../../src/envelope/iv-source.js';
import { IvWindow } from '../../../src/envelope/iv-window.js';

function take(source: IvSource, count: number): Buffer[] {
  return Array.from({ length: count }, () => {
    const iv = Buffer.alloc(12);
    source.writeNext(iv, 0);
    return iv;
  });
}

function distinct(ivs: Buffer[]): number {
  return new Set(ivs.map((iv) => iv.toString('hex'))).size;
}

describe('CountedIvs', () => {
  it('gives six bytes that stay and a six-byte counter from 0 (R2.6)', () => {
    const ivs = take(new CountedIvs(), 300);
    expect(new Set(ivs.map((iv) => iv.toString('hex', 0, 6))).size).toBe(1);
    expect(ivs.map((iv) => iv.readUIntBE(6, 6))).toEqual(ivs.map((_iv, index) => index));
  });

  it('has a prefix of its own for every side and session (R2.6)', () => {
    const prefixes = Array.from({ length: 200 }, () => take(new CountedIvs(), 1)[0]!);
    expect(distinct(prefixes)).toBe(200);
  });

  it('knows its own ivs of any age, and nobody else’s', () => {
    const [ours, theirs] = [new CountedIvs(), new CountedIvs()];
    const [first] = take(ours, 5_000);
    expect(ours.isOwn(first!)).toBe(true);
    expect(theirs.isOwn(first!)).toBe(false);
  });

  it.each([0, 3, 4, 5])('compares all six bytes of the prefix, byte %i too', (offset) => {
    const source = new CountedIvs();
    const [iv] = take(source, 1);
    iv![offset]! ^= 1;
    expect(source.isOwn(iv!)).toBe(false);
  });

  it('writes at the offset', () => {
    const target = Buffer.alloc(16, 0xee);
    new CountedIvs().writeNext(target, 2);
    expect([target[0], target[1], target[14], target[15]]).toEqual([0xee, 0xee, 0xee, 0xee]);
    expect(target.readUIntBE(8, 6)).toBe(0);
  });
});

describe('RandomIvs', () => {
  it('never gives the same twice, across refills of its pool (R2.1)', () => {
    expect(distinct(take(new RandomIvs(new IvWindow(0)), 5_000))).toBe(5_000);
  });

  it('uses all twelve bytes', () => {
    const ivs = take(new RandomIvs(new IvWindow(0)), 500);
    for (let offset = 0; offset < 12; offset++) {
      expect(new Set(ivs.map((iv) => iv[offset])).size).toBeGreaterThan(100);
    }
  });

  it('has them remembered as seen, so that a reflected frame is a replayed one (R2.6)', () => {
    const seen = new IvWindow(16);
    const [iv] = take(new RandomIvs(seen), 1);
    expect(seen.remember(iv!)).toBe(false);
  });
});
