import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { PendingReplies } from '../../../src/protocol/pending-replies.js';

describe('A signal', () => {
  it('has one listener, however many requests wait for it, and none when none does', async () => {
    const { signal } = new AbortController();
    const pending = new PendingReplies();
    const waits = Array.from({ length: 20 }, () =>
      pending.wait('question', { signal, timeout: Infinity }, () => undefined),
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (let id = 1; id <= 20; id++) pending.resolve(id, 'answer');
    await Promise.all(waits);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends every request that waits for it, also on several connections', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [new PendingReplies(), new PendingReplies()].flatMap((pending) =>
      Array.from({ length: 11 }, () => pending.wait('question', { signal }, () => undefined)),
    );
    controller.abort('enough');
    const ends = await Promise.allSettled(waits);
    for (const end of ends) {
      expect(end).toMatchObject({ reason: { code: 'REQUEST_ABORTED', cause: 'enough' } });
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
