import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { FairShare } from '../../../src/server/fair-share.js';

function setUp() {
  const receiver = { _allowSynchronousEvents: true };
  const share = new FairShare({ _receiver: receiver } as unknown as WebSocket);
  return { share, isDeferred: () => !receiver._allowSynchronousEvents };
}

function take(share: FairShare, count: number, bytes: number): void {
  for (let taken = 0; taken < count; taken++) share.take(bytes);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

// Who wanted more in the turn before has an effect on this one.
beforeEach(nextTurn);

describe('FairShare', () => {
  it.each([
    ['16 small frames', 16, 0],
    ['one frame of 64 KiB', 1, 64 * 1024],
    ['8 frames of 4 KiB', 8, 4 * 1024],
  ])('has the next frame wait after %s', (_what, count, bytes) => {
    const { share, isDeferred } = setUp();
    take(share, count - 1, bytes);
    expect(isDeferred()).toBe(false);
    share.take(bytes);
    expect(isDeferred()).toBe(true);
  });

  it('takes as many again once a frame has waited', () => {
    const { share, isDeferred } = setUp();
    take(share, 16, 0);
    share.take(0);
    expect(isDeferred()).toBe(false);
    take(share, 14, 0);
    expect(isDeferred()).toBe(false);
    share.take(0);
    expect(isDeferred()).toBe(true);
  });

  it('starts anew with each turn, so that who sends a few frames a turn never waits', () => {
    const { share, isDeferred } = setUp();
    for (let turn = 0; turn < 10; turn++) {
      take(share, 15, 0);
      expect(isDeferred()).toBe(false);
      share.startTurn();
    }
    take(share, 16, 0);
    share.startTurn();
    expect(isDeferred()).toBe(false);
  });

  it('has peers that want more divide one share, until they do not any more', async () => {
    const peers = Array.from({ length: 16 }, () => setUp());
    for (const { share } of peers) take(share, 16, 0);
    await nextTurn();
    const [first] = peers;
    // It waited for its turn, of which it now gets a sixteenth.
    first!.share.take(0);
    expect(first!.isDeferred()).toBe(true);
    // Who never wanted more keeps a whole one.
    const { share, isDeferred } = setUp();
    take(share, 15, 0);
    expect(isDeferred()).toBe(false);
    await nextTurn();
    first!.share.take(0);
    expect(first!.isDeferred()).toBe(false);
  });

  it('counts what a reply takes', () => {
    const { share, isDeferred } = setUp();
    share.take(0);
    share.charge(60 * 1024);
    expect(isDeferred()).toBe(true);
  });
});
