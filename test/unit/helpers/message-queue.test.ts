import { describe, expect, it } from '@jest/globals';
import { MessageQueue } from '../../helpers/message-queue.js';
import { withDeadline } from '../../helpers/with-deadline.js';

describe('the message queue of the tests', () => {
  it('hands out what has arrived in order, each message once', async () => {
    const queue = new MessageQueue<number>();
    queue.push(1);
    queue.push(2);
    expect([await queue.next(), await queue.next()]).toEqual([1, 2]);
    expect(queue.unread).toEqual([]);
  });

  it('serves those who wait in the order in which they came', async () => {
    const queue = new MessageQueue<string>();
    const takers = [queue.next(), queue.next()];
    queue.push('first');
    queue.push('second');
    expect(await Promise.all(takers)).toEqual(['first', 'second']);
  });

  it('leaves messages that do not match to others', async () => {
    const queue = new MessageQueue<number>();
    const even = queue.nextMatching((message) => message % 2 === 0);
    queue.push(1);
    queue.push(2);
    expect(await even).toBe(2);
    expect(await queue.nextMatching((message) => message === 1)).toBe(1);
  });

  it('hands out what arrived before the end and then rejects with the reason', async () => {
    const queue = new MessageQueue<number>();
    queue.push(1);
    queue.end((what) => new Error(`over while waiting for ${what}`));
    expect(await queue.next()).toBe(1);
    await expect(queue.next('a reply')).rejects.toThrow('over while waiting for a reply');
  });

  it('rejects those who wait when it ends', async () => {
    const queue = new MessageQueue<number>();
    const waiting = queue.next('a reply');
    queue.end((what) => new Error(`over while waiting for ${what}`));
    await expect(waiting).rejects.toThrow('over while waiting for a reply');
  });

  it('does not give a message to somebody who has given up', async () => {
    const queue = new MessageQueue<number>();
    await expect(queue.next('a reply', 1)).rejects.toThrow('Waited 1 ms in vain for a reply');
    queue.push(1);
    expect(queue.unread).toEqual([1]);
  });
});

describe('withDeadline', () => {
  it('settles as the promise does', async () => {
    expect(await withDeadline(Promise.resolve(7), 1_000, 'seven')).toBe(7);
    const failing = Promise.reject(new Error('no'));
    await expect(withDeadline(failing, 1_000, 'seven')).rejects.toThrow('no');
  });

  it('says what was awaited in vain', async () => {
    const hung = new Promise<never>(() => undefined);
    await expect(withDeadline(hung, 1, 'the moon')).rejects.toThrow(
      'Waited 1 ms in vain for the moon',
    );
  });

  it('leaves no timer behind', async () => {
    const timersBefore = openTimers();
    await withDeadline(Promise.resolve(7), 60_000, 'seven');
    expect(openTimers()).toBe(timersBefore);
  });
});

function openTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
