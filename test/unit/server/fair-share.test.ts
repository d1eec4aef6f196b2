import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { EventLoopTurns } from '../../../src/server/event-loop.turns.js';
import { FairShare } from '../../../src/server/fair-share.js';

const KIB = 1024;
const MIB = 1024 * KIB;

function setUp(shared = new EventLoopTurns()) {
  const receiver = { _allowSynchronousEvents: true };
  const goOn = jest.fn();
  const share = new FairShare({ _receiver: receiver } as unknown as WebSocket, { goOn }, shared);
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

  it('has who wanted more wait for turns of its own, until it has not for a hundred turns', async () => {
    const { share, isDeferred } = setUp();
    send(share, 16);
    expect([share.admits(0), isDeferred()]).toEqual([false, false]);
    share.charge(4 * KIB);
    expect(isDeferred()).toBe(true);
    for (let turn = 1; turn < 100; turn++) {
      await nextTurn();
      expect([share.admits(0), isDeferred()]).toEqual([false, false]);
    }
    await nextTurn();
    expect(share.admits(0)).toBe(true);
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

  it('lets 8 ms pass for each MiB beyond a share, for the sake of others', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const shared = new EventLoopTurns();
    const [heavy, other] = [setUp(shared), setUp(shared)];
    send(other.share, 1);
    heavy.share.charge(2 * MIB);
    heavy.share.waitForTurn();
    await turns(3);
    jest.advanceTimersByTime(14);
    await turns(3);
    expect(heavy.goOn).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2);
    await turns(3);
    expect(heavy.goOn).toHaveBeenCalledTimes(1);
  });

  it('lets no time pass when there has been nobody else for 100 ms', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const shared = new EventLoopTurns();
    const [heavy, other] = [setUp(shared), setUp(shared)];
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
