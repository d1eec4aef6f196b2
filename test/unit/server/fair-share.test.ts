import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { EventLoopTurns } from '../../../src/server/event-loop.turns.js';
import { FairShare } from '../../../src/server/fair-share.js';

const KIB = 1024;
const MIB = 1024 * KIB;

function setUp(shared = new EventLoopTurns(), maxHeavySharePercent = 10) {
  const receiver = { _allowSynchronousEvents: true };
  const goOn = jest.fn();
  const webSocket = { _receiver: receiver } as unknown as WebSocket;
  const share = new FairShare(webSocket, { maxHeavySharePercent }, { goOn }, shared);
  return { share, goOn, isDeferred: () => !receiver._allowSynchronousEvents };
}

/** Sends so many frames, and returns how many were handled at once. */
function send(share: FairShare, count: number, bytes = 0): number {
  let handled = 0;
  while (handled < count && share.admits(bytes)) {
    share.chargeFrame(bytes);
    handled++;
  }
  return handled;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

function fakeTime(): void {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
}

/** Two peers that share the turns of one event loop, by a clock that the test moves. */
function setUpTwo(maxHeavySharePercent?: number) {
  fakeTime();
  const shared = new EventLoopTurns();
  return { shared, heavy: setUp(shared, maxHeavySharePercent), other: setUp(shared) };
}

describe('FairShare', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['16 small frames', 16, 0],
    ['8 frames of 4 KiB', 8, 4 * KIB],
    ['one frame of 60 KiB', 1, 60 * KIB],
  ])('admits %s in one turn', (_what, count, bytes) => {
    expect(send(setUp().share, 100, bytes)).toBe(count);
  });

  it('admits no frame of 64 KiB but in a turn of its own', () => {
    expect(send(setUp().share, 1, 64 * KIB)).toBe(0);
  });

  it('admits as many again in the next turn, to who does not want more', async () => {
    const { share } = setUp();
    for (let turn = 0; turn < 10; turn++) {
      expect(send(share, 15)).toBe(15);
      await nextTurn();
    }
  });

  it('has who wanted more wait for turns of its own, until it has not for a second', async () => {
    fakeTime();
    const { share, isDeferred } = setUp();
    send(share, 16);
    expect([share.admits(0), isDeferred()]).toEqual([false, false]);
    share.charge(4 * KIB);
    expect(isDeferred()).toBe(true);
    jest.advanceTimersByTime(999);
    await nextTurn();
    expect([share.admits(0), isDeferred()]).toEqual([false, false]);
    jest.advanceTimersByTime(1);
    expect(share.admits(0)).toBe(true);
  });

  it('has who was refused for wanting more wait as well, though it did not get it', async () => {
    const { share } = setUp();
    expect(send(share, 1, 64 * KIB)).toBe(0);
    await nextTurn();
    expect(share.admits(0)).toBe(false);
  });

  it('gives turns to one after the other, those that waited longest first', async () => {
    const order: string[] = [];
    const shared = new EventLoopTurns();
    const [first, second] = [setUp(shared), setUp(shared)];
    first.goOn.mockImplementation(() => {
      order.push('first');
      if (order.length < 4) first.share.waitForTurn();
    });
    second.goOn.mockImplementation(() => void order.push('second'));
    first.share.waitForTurn();
    first.share.waitForTurn();
    second.share.waitForTurn();
    for (let turn = 1; turn <= 4; turn++) {
      await nextTurn();
      expect(order).toHaveLength(turn);
    }
    expect(order).toEqual(['first', 'second', 'first', 'first']);
    expect(first.share.isWaiting).toBe(false);
  });

  it('has a whole share left in a turn of its own, whatever was spent before', async () => {
    const { share, goOn, isDeferred } = setUp();
    share.charge(MIB);
    expect([share.hasLeft(), isDeferred()]).toEqual([false, true]);
    goOn.mockImplementation(() => expect(share.hasLeft()).toBe(true));
    share.waitForTurn();
    expect(share.hasLeft()).toBe(false);
    await nextTurn();
    expect(goOn).toHaveBeenCalledTimes(1);
    expect(isDeferred()).toBe(false);
  });

  it('affords what will be a large reply in a turn of its own only', async () => {
    const { share, goOn } = setUp();
    expect([share.affords(60 * KIB), share.affords(MIB)]).toEqual([true, false]);
    goOn.mockImplementation(() => expect(share.affords(MIB)).toBe(true));
    share.waitForTurn();
    await nextTurn();
    expect(goOn).toHaveBeenCalledTimes(1);
    expect(share.affords(MIB)).toBe(false);
  });

  it('ends a turn of its own after a millisecond, but not before something was done', async () => {
    fakeTime();
    const { share, goOn } = setUp();
    const left: boolean[] = [];
    goOn.mockImplementation(() => {
      for (let message = 0; message < 3; message++) {
        jest.advanceTimersByTime(message === 0 ? 2 : 0.5);
        left.push(share.hasLeft());
        share.chargeFrame(0);
      }
    });
    share.waitForTurn();
    await turns(2);
    expect(left).toEqual([true, false, false]);
  });

  it.each([
    { what: 'a turn of less than a millisecond', percent: 10, took: 0.9, pause: 0 },
    { what: 'a turn of 3 ms', percent: 10, took: 3, pause: 18 },
    { what: 'a turn of 3 ms, of which 1 percent may be taken', percent: 1, took: 3, pause: 198 },
    { what: 'a turn of 3 ms without a limit', percent: Infinity, took: 3, pause: 0 },
    { what: '2 MiB beyond the share', percent: 10, bytes: 2 * MIB + 68 * KIB, pause: 72 },
    { what: '2 MiB without a limit', percent: 100, bytes: 2 * MIB, pause: 0 },
  ])('lets $pause ms pass after $what, for the sake of others', async (example) => {
    const { percent, took = 0, bytes = 0, pause } = example;
    const { heavy, other } = setUpTwo(percent);
    heavy.goOn.mockImplementationOnce(() => {
      heavy.share.charge(bytes);
      // As handlers behind guards do, which run in microtasks.
      void Promise.resolve().then(() => jest.advanceTimersByTime(took));
      heavy.share.waitForTurn();
    });
    send(other.share, 1);
    heavy.share.waitForTurn();
    await turns(4);
    const early = heavy.goOn.mock.calls.length;
    jest.advanceTimersByTime(Math.max(0, pause - 2));
    await turns(4);
    const stillEarly = heavy.goOn.mock.calls.length;
    jest.advanceTimersByTime(3);
    await turns(4);
    const isPaused = pause > 0;
    expect([early, stillEarly]).toEqual(isPaused ? [1, 1] : [2, 2]);
    expect(heavy.goOn).toHaveBeenCalledTimes(2);
  });

  it('lets no time pass for the sake of who was light before, but is it itself', async () => {
    fakeTime();
    const { share, goOn } = setUp();
    send(share, 1);
    share.charge(2 * MIB);
    share.waitForTurn();
    await turns(2);
    expect(goOn).toHaveBeenCalledTimes(1);
  });

  it('forgets what was owed when nobody else was there', async () => {
    const { heavy, other } = setUpTwo();
    heavy.share.chargeRead(MIB);
    heavy.share.waitForTurn();
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(1);
    send(other.share, 1);
    heavy.share.waitForTurn();
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(2);
  });

  it('has nobody wait for more than a second, whatever is owed', async () => {
    const { heavy, other } = setUpTwo();
    send(other.share, 1);
    heavy.share.chargeRead(100 * MIB);
    heavy.share.waitForTurn();
    await turns(4);
    jest.advanceTimersByTime(1_001);
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(1);
  });

  it('adds up what several owe', async () => {
    const { shared, heavy: one, other } = setUpTwo();
    const another = setUp(shared);
    send(other.share, 1);
    one.share.chargeRead(MIB);
    another.share.chargeRead(MIB);
    one.share.waitForTurn();
    await turns(2);
    jest.advanceTimersByTime(71);
    await turns(2);
    expect(one.goOn).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2);
    await turns(4);
    expect(one.goOn).toHaveBeenCalledTimes(1);
  });

  it('has a turn pay for writing its replies', async () => {
    const { shared, heavy, other } = setUpTwo();
    const writer = { flush: () => jest.advanceTimersByTime(3) };
    heavy.goOn.mockImplementationOnce(() => {
      shared.writeAtEnd(writer);
      heavy.share.waitForTurn();
    });
    send(other.share, 1);
    heavy.share.waitForTurn();
    await turns(4);
    jest.advanceTimersByTime(17);
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(2);
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(2);
  });

  it('has nobody pay for what others have to write later', async () => {
    const { shared, heavy, other } = setUpTwo();
    send(other.share, 1);
    heavy.share.waitForTurn();
    await turns(4);
    shared.writeAtEnd({ flush: () => jest.advanceTimersByTime(5) });
    heavy.share.waitForTurn();
    await turns(4);
    expect(heavy.goOn).toHaveBeenCalledTimes(2);
  });

  it('lets no time pass when there has been nobody else for 100 ms', async () => {
    const { heavy, other } = setUpTwo();
    send(other.share, 1);
    heavy.share.waitForTurn();
    await turns(2);
    jest.advanceTimersByTime(100);
    heavy.share.charge(2 * MIB);
    heavy.share.waitForTurn();
    await turns(2);
    expect(heavy.goOn).toHaveBeenCalledTimes(2);
  });
});
