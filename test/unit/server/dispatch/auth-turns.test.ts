import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { resolveOptions } from '../../../../src/options/resolve-options.js';
import type { SocketsOptions } from '../../../../src/options/sockets.options.js';
import { AuthTurns } from '../../../../src/server/dispatch/auth-turns.js';
import { AuthFailures } from '../../../../src/server/operations/auth-failures.js';
import { AUTH_KEY } from '../../../fixtures/auth-key.js';

const IP = '192.0.2.1';
const LIMIT = 10;
const PAUSE = 60_000 / LIMIT;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function make(more: SocketsOptions = {}) {
  const options = resolveOptions(
    { authKey: AUTH_KEY, encryption: false, ...more },
    () => undefined,
  );
  const failures = new AuthFailures(options);
  return { failures, turns: new AuthTurns(options, failures) };
}

describe('AuthTurns', () => {
  it('applies to an address past its limit, and until its minute is over', () => {
    const { failures, turns } = make();
    for (let count = 0; count < LIMIT; count++) {
      expect(turns.apply(IP)).toBe(false);
      failures.note(IP);
    }
    expect(turns.apply(IP)).toBe(true);
    expect(turns.apply('192.0.2.2')).toBe(false);
    jest.advanceTimersByTime(60_000);
    expect(turns.apply(IP)).toBe(false);
  });

  it('applies to nobody with encryption, where only who has the key comes so far', () => {
    const { failures, turns } = make({ encryption: true });
    for (let count = 0; count < LIMIT; count++) failures.note(IP);
    expect(turns.apply(IP)).toBe(false);
  });

  it('gives one turn at a time, in order, and pauses after one that fails', async () => {
    const { turns } = make();
    const tried: string[] = [];
    const attempt = (name: string, hasFailed: boolean) =>
      turns.take(IP, async () => tried.push(name) > 0 && hasFailed);
    void attempt('honest 1', false);
    void attempt('wrong', true);
    void attempt('honest 2', false);
    void attempt('honest 3', false);
    await jest.advanceTimersByTimeAsync(PAUSE - 1);
    expect(tried).toEqual(['honest 1', 'wrong']);
    await jest.advanceTimersByTimeAsync(1);
    expect(tried).toEqual(['honest 1', 'wrong', 'honest 2', 'honest 3']);
    expect(turns.apply(IP)).toBe(false);
  });

  it('waits no longer than the auth timeout for a handler that never answers', async () => {
    const { turns } = make({ authTimeout: 500 });
    const tried: string[] = [];
    void turns.take(IP, () => new Promise<boolean>(() => undefined));
    void turns.take(IP, async () => tried.push('next') === 0);
    await jest.advanceTimersByTimeAsync(500 + PAUSE - 1);
    expect(tried).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(tried).toEqual(['next']);
  });
});
