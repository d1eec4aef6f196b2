import { expect, it } from '@jest/globals';
import { retryHintIn, withRetryHint } from '../../../src/protocol/retry-hint.js';

it('A retry hint stands in the reason of a close, and nothing else is taken for one', () => {
  expect(retryHintIn(withRetryHint('shutting down', 5_000))).toBe(5_000);
  for (const reason of [
    '',
    'shutting down',
    'retry within 5 ms',
    '; retry within -1 ms',
    '; retry within 999999 ms',
  ]) {
    expect(retryHintIn(reason)).toBeUndefined();
  }
});
