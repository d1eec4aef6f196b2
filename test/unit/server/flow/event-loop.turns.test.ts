import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { EventLoopTurns } from '../../../../src/server/flow/event-loop.turns.js';

const LONG = 64 * 1024 + 1;

function writer(textLength: number) {
  return { textLength, flush: jest.fn() };
}

describe('EventLoopTurns', () => {
  it('counts the turns that somebody takes part in', async () => {
    const turns = new EventLoopTurns();
    const first = turns.current;
    expect(turns.current).toBe(first);
    await nextTurn();
    expect(turns.current).toBe(first + 1);
  });

  it('writes what was sent in a turn at its end', async () => {
    const turns = new EventLoopTurns();
    const [one, other] = [writer(10), writer(10)];
    turns.writeAtEnd(one);
    turns.writeAtEnd(other);
    expect(one.flush).not.toHaveBeenCalled();
    await nextTurn();
    expect([one.flush.mock.calls.length, other.flush.mock.calls.length]).toEqual([1, 1]);
  });

  it('writes one long text in each turn, after all that is short', async () => {
    const turns = new EventLoopTurns();
    const [first, second, short] = [writer(LONG), writer(LONG), writer(10)];
    for (const each of [first, second, short]) turns.writeAtEnd(each);
    await nextTurn();
    const calls = [first, second, short].map(({ flush }) => flush.mock.calls.length);
    expect(calls).toEqual([1, 0, 1]);
    expect(short.flush.mock.invocationCallOrder[0]).toBeLessThan(
      first.flush.mock.invocationCallOrder[0]!,
    );
    await nextTurn();
    expect(second.flush).toHaveBeenCalledTimes(1);
  });
});
