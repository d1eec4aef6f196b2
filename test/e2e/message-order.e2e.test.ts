import { describe, expect, it } from '@jest/globals';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';
import { deferred } from '../fixtures/deferred.js';

const TIMES = 20;

/** Opens something, and pushes about it as soon as its id is on the way. */
@SocketHandler('open')
class OpenHandler {
  server(id: number, client: ConnectedClient) {
    queueMicrotask(() => client.send({ request: 'opened', data: id }));
    return { id };
  }
}

/** Pushes, replies, pushes: all in one packet. */
@SocketHandler('around')
class AroundHandler {
  server(id: number, client: ConnectedClient) {
    client.send({ request: 'opened', data: `before ${id}` });
    queueMicrotask(() => client.send({ request: 'opened', data: `after ${id}` }));
    return id;
  }
}

const startApp = useApps();

describe('What comes after a reply', () => {
  it('runs its hook after whoever awaited the reply has gone on', async () => {
    const app = await startApp({ providers: [OpenHandler] });
    const client = await app.connect();
    const order: string[] = [];
    const last = deferred();
    client.on('opened', (id) => {
      order.push(`hook ${String(id)}`);
      if (id === TIMES) last.resolve();
    });
    const open = async (id: number) => {
      const opened = await client.request<{ id: number }>('open', id);
      order.push(`reply ${opened.id}`);
      return opened;
    };
    // However many functions pass the reply on.
    const wrapped = async (id: number) => await open(id);
    for (let id = 1; id <= TIMES; id++) await wrapped(id);
    await last.promise;
    const ids = Array.from({ length: TIMES }, (_, index) => index + 1);
    expect(order).toEqual(ids.flatMap((id) => [`reply ${id}`, `hook ${id}`]));
  });

  it('keeps all its order, with many requests in one packet', async () => {
    const app = await startApp({ providers: [AroundHandler] });
    const client = await app.connect();
    const order: unknown[] = [];
    const last = deferred();
    client.on('opened', (what) => {
      order.push(what);
      if (what === 'after 3') last.resolve();
    });
    await Promise.all([1, 2, 3].map(async (id) => order.push(await client.request('around', id))));
    await last.promise;
    const before = order.filter((entry) => String(entry).startsWith('before'));
    expect(before).toEqual(['before 1', 'before 2', 'before 3']);
    for (const id of [1, 2, 3]) {
      expect(order.indexOf(`before ${id}`)).toBeLessThan(order.indexOf(id));
      expect(order.indexOf(id)).toBeLessThan(order.indexOf(`after ${id}`));
    }
  });
});
