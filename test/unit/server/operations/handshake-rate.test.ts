import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HandshakeRate } from '../../../../src/server/operations/handshake-rate.js';

describe('HandshakeRate', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  const takes = (rate: HandshakeRate, count: number) =>
    Array.from({ length: count }, () => rate.take(2_500));

  it('lets so many go on at once, and the others in the seconds to come, in order', () => {
    const rate = new HandshakeRate(2);
    jest.advanceTimersByTime(10_000);
    expect(takes(rate, 5)).toEqual([0, 0, 1_000, 1_000, 2_000]);
    jest.advanceTimersByTime(400);
    expect(takes(rate, 1)).toEqual([1_600]);
  });

  it('takes nobody who would wait for too long, and those do not count', () => {
    const rate = new HandshakeRate(1);
    jest.advanceTimersByTime(10_000);
    expect(takes(rate, 5)).toEqual([0, 1_000, 2_000, undefined, undefined]);
    jest.advanceTimersByTime(3_000);
    expect(takes(rate, 2)).toEqual([0, 1_000]);
  });

  it('forgets seconds in which nobody came', () => {
    const rate = new HandshakeRate(3);
    jest.advanceTimersByTime(60_000);
    expect(takes(rate, 4)).toEqual([0, 0, 0, 1_000]);
    jest.advanceTimersByTime(60_000);
    expect(takes(rate, 4)).toEqual([0, 0, 0, 1_000]);
  });

  it('counts a second from the first who comes, wherever the clock stands', () => {
    const rate = new HandshakeRate(1);
    jest.advanceTimersByTime(10_990);
    expect(takes(rate, 2)).toEqual([0, 1_000]);
    jest.advanceTimersByTime(1_990);
    expect(takes(rate, 1)).toEqual([10]);
  });

  it('has nobody wait without a limit', () => {
    expect(takes(new HandshakeRate(Infinity), 5_000)).toEqual(Array(5_000).fill(0));
  });
});
