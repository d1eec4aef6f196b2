import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PendingReplies } from '../../../src/protocol/pending-replies.js';
import type { RequestOptions } from '../../../src/protocol/request-options.js';

function open(
  replies: PendingReplies,
  request: string,
  options: RequestOptions = {},
): { id: number; reply: Promise<unknown> } {
  let id = 0;
  const reply = replies.wait(request, options, (given) => (id = given));
  return { id, reply };
}

describe('PendingReplies', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  // Whatever a test does, it leaves no timer behind.
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('resolves each request with the reply to its own id, in any order', async () => {
    const replies = new PendingReplies();
    const [one, two] = [open(replies, 'a'), open(replies, 'a')];
    expect(one.id).not.toBe(two.id);
    expect(replies.resolve(two.id, 'second')).toBe(true);
    expect(replies.resolve(one.id, 'first')).toBe(true);
    expect(await Promise.all([one.reply, two.reply])).toEqual(['first', 'second']);
    expect(replies.size).toBe(0);
  });

  it('rejects with the error of the other side', async () => {
    const replies = new PendingReplies();
    const { id, reply } = open(replies, 'a');
    replies.reject(id, new Error('no'));
    await expect(reply).rejects.toThrow('no');
  });

  it('says that nobody waits for an unknown or settled id', async () => {
    const replies = new PendingReplies();
    const { id, reply } = open(replies, 'a');
    replies.resolve(id, 1);
    expect([
      replies.resolve(id, 2),
      replies.reject(id, new Error('late')),
      replies.resolve('x', 1),
    ]).toEqual([false, false, false]);
    expect(await reply).toBe(1);
  });

  it('rejects after 30,000 ms unless told otherwise', async () => {
    const replies = new PendingReplies();
    const { reply } = open(replies, 'slow');
    jest.advanceTimersByTime(29_999);
    expect(replies.size).toBe(1);
    jest.advanceTimersByTime(1);
    await expect(reply).rejects.toMatchObject({
      name: 'RequestTimeoutError',
      code: 'REQUEST_TIMEOUT',
      message: expect.stringContaining('"slow" within 30000 ms'),
    });
    expect(replies.size).toBe(0);
  });

  it('ignores a reply that comes after the timeout', async () => {
    const replies = new PendingReplies();
    const { id, reply } = open(replies, 'slow', { timeout: 10 });
    jest.advanceTimersByTime(10);
    expect(replies.resolve(id, 'late')).toBe(false);
    await expect(reply).rejects.toThrow('within 10 ms');
  });

  it('starts no timer for a timeout of Infinity', async () => {
    const replies = new PendingReplies();
    const { id, reply } = open(replies, 'a', { timeout: Infinity });
    expect(jest.getTimerCount()).toBe(0);
    replies.resolve(id, 1);
    await reply;
  });

  it('rejects when the signal fires, with its reason as the cause', async () => {
    const replies = new PendingReplies();
    const abort = new AbortController();
    const { reply } = open(replies, 'a', { signal: abort.signal });
    abort.abort('tired');
    await expect(reply).rejects.toMatchObject({
      name: 'RequestAbortedError',
      code: 'REQUEST_ABORTED',
      cause: 'tired',
    });
    expect(replies.size).toBe(0);
  });

  it('sends nothing when the signal has fired before', async () => {
    const send = jest.fn();
    const reply = new PendingReplies().wait('a', { signal: AbortSignal.abort() }, send);
    await expect(reply).rejects.toHaveProperty('code', 'REQUEST_ABORTED');
    expect(send).not.toHaveBeenCalled();
  });

  it('stops listening to the signal once settled', async () => {
    const replies = new PendingReplies();
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    const { id, reply } = open(replies, 'a', { signal });
    replies.resolve(id, 1);
    await reply;
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('waits for nothing when sending failed', async () => {
    const replies = new PendingReplies();
    const reply = replies.wait('a', {}, () => {
      throw new Error('not connected');
    });
    await expect(reply).rejects.toThrow('not connected');
    expect(replies.size).toBe(0);
  });

  it('rejects everything that waits when no reply can come any more', async () => {
    const replies = new PendingReplies();
    const waiting = [open(replies, 'a'), open(replies, 'b', { timeout: Infinity })];
    replies.rejectAll((request) => new Error(`lost ${request}`));
    const outcomes = await Promise.allSettled(waiting.map(({ reply }) => reply));
    expect(outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason))).toEqual([
      'Error: lost a',
      'Error: lost b',
    ]);
    expect(replies.size).toBe(0);
  });

  it('finds the oldest open request of a name, for peers that echo no ids (R5.6)', async () => {
    const replies = new PendingReplies();
    const [other, first, second] = [open(replies, 'b'), open(replies, 'a'), open(replies, 'a')];
    expect(replies.oldestOf('a')).toBe(first.id);
    replies.resolve(first.id, 1);
    expect(replies.oldestOf('a')).toBe(second.id);
    replies.resolve(second.id, 2);
    expect(replies.oldestOf('a')).toBeUndefined();
    replies.resolve(other.id, 3);
    await Promise.all([other.reply, first.reply, second.reply]);
  });

  it('never gives an id twice', () => {
    const replies = new PendingReplies();
    const ids = Array.from({ length: 100 }, () => replies.takeId());
    expect(new Set(ids).size).toBe(100);
  });
});
