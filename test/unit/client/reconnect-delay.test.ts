import { describe, expect, it } from '@jest/globals';
import { reconnectDelay } from '../../../src/client/core/reconnect-delay.js';

const DEFAULTS = { baseDelay: 1_000, maxDelay: 60_000 };
const longest = () => 0.999_999_9;

describe('reconnectDelay', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [6, 60_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('waits after %i failures for less than %i ms (R9.3)', (attempt, bound) => {
    expect(reconnectDelay(attempt, DEFAULTS, longest)).toBe(bound - 1);
  });

  it('draws from the whole range, down to 0 (R9.3)', () => {
    expect(reconnectDelay(3, DEFAULTS, () => 0)).toBe(0);
    expect(reconnectDelay(3, DEFAULTS, () => 0.25)).toBe(2_000);
  });

  it('differs from client to client by itself (R9.3)', () => {
    const delays = Array.from({ length: 100 }, () => reconnectDelay(4, DEFAULTS));
    expect(new Set(delays).size).toBeGreaterThan(50);
    expect(Math.max(...delays)).toBeLessThan(16_000);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  });

  it('does not wait at all with a base delay of 0', () => {
    expect(reconnectDelay(9, { baseDelay: 0, maxDelay: 60_000 }, longest)).toBe(0);
  });
});
