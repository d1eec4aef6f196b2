import { describe, expect, it, jest } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../../../src/protocol/limits.js';
import { Inbox } from '../../../../src/server/flow/inbox.js';

const SMALL = 100;

function received(request: string, bytes = SMALL, more: object = {}) {
  return { message: { request, ...more }, bytes };
}

function inbox(limits = {}, owner = { isSlow: false, awaitsAnswers: true }): Inbox {
  return new Inbox({ ...DEFAULT_LIMITS, ...limits }, owner);
}

describe('Inbox', () => {
  it('lets a message through while fewer handlers than maxHandlersInFlight are in flight', () => {
    const box = inbox({ maxHandlersInFlight: 2 });
    box.handlerStarted(SMALL);
    expect(box.mustHold).toBe(false);
    box.handlerStarted(SMALL);
    expect(box.mustHold).toBe(true);
    box.handlerEnded(SMALL);
    expect(box.mustHold).toBe(false);
  });

  it('lets a message through while handlers work on fewer bytes than maxBytesInFlight', () => {
    const box = inbox({ maxBytesInFlight: 1_000 });
    box.handlerStarted(999);
    expect(box.mustHold).toBe(false);
    box.handlerStarted(1);
    expect(box.mustHold).toBe(true);
    box.handlerEnded(999);
    expect(box.mustHold).toBe(false);
  });

  it('gives what waits in order, and only while it is not busy', () => {
    const box = inbox({ maxHandlersInFlight: 1 });
    box.handlerStarted(SMALL);
    box.hold(received('first'));
    box.hold(received('second'));
    expect(box.next()).toBeUndefined();
    box.handlerEnded(SMALL);
    expect(box.next()?.message.request).toBe('first');
    // Nothing may overtake what still waits.
    expect(box.mustHold).toBe(true);
    expect(box.next()?.message.request).toBe('second');
    expect(box.next()).toBeUndefined();
    expect(box.mustHold).toBe(false);
  });

  it('is full when 1 MiB waits, and not any more when some of it went on', () => {
    const box = inbox();
    box.hold(received('large', 1024 * 1024 - 1));
    expect(box.isFull).toBe(false);
    box.hold(received('small', 1));
    expect(box.isFull).toBe(true);
    box.next();
    expect(box.isFull).toBe(false);
  });

  it('is full when 16 KiB waits, where no answers may stand behind it', () => {
    const box = inbox({}, { isSlow: false, awaitsAnswers: false });
    box.hold(received('some', 16 * 1024 - 1));
    expect(box.isFull).toBe(false);
    box.hold(received('more', 1));
    expect(box.isFull).toBe(true);
  });

  it('lets nothing through while the peer does not read', () => {
    const owner = { isSlow: true, awaitsAnswers: false };
    const box = inbox({}, owner);
    box.hold(received('message'));
    expect([box.mustHold, box.canGoOn]).toEqual([true, false]);
    owner.isSlow = false;
    expect([box.mustHold, box.canGoOn]).toEqual([true, true]);
  });

  it('withdraws the stream request of an id, and no other message of it', () => {
    const box = inbox();
    box.hold(received('request', SMALL, { id: 1 }));
    box.hold(received('stream', SMALL, { id: 1, stream: true }));
    expect(box.withdrawStream(2)).toBe(false);
    expect(box.withdrawStream(1)).toBe(true);
    expect(box.withdrawStream(1)).toBe(false);
    expect(box.next()?.message.request).toBe('request');
  });

  it('drains: forgets what waits, lets nothing more through, and ends with the last handler', async () => {
    const box = inbox();
    box.handlerStarted(SMALL);
    box.handlerStarted(SMALL);
    box.hold(received('waits'));
    const drained = jest.fn();
    const draining = box.drain().then(drained);
    expect(box.canGoOn).toBe(false);
    box.handlerEnded(SMALL);
    expect(box.mustHold).toBe(true);
    await Promise.resolve();
    expect(drained).not.toHaveBeenCalled();
    box.handlerEnded(SMALL);
    await draining;
    expect(drained).toHaveBeenCalled();
  });
});
