import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SocketHandler } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useRawServers } from '../fixtures/raw-servers.js';

const startApp = useApps();
const servers = useRawServers();

interface Paging {
  limit?: number;
}

/** Fails for null. */
function limitOf({ limit = 5 }: Paging = {}): number {
  return limit;
}

@SocketHandler('ofClass')
class PagesHandler {
  server({ limit = 5 }: Paging = {}) {
    return limit;
  }
}

@Injectable()
class PagesService {
  @SocketHandler('ofMethod')
  pages({ limit = 5 }: Paging = {}) {
    return limit;
  }
}

@WebSocketGateway()
class PagesGateway {
  @SubscribeMessage('ofGateway')
  pages(_client: unknown, { limit = 5 }: Paging = {}) {
    return limit;
  }

  @SubscribeMessage('renamed')
  rename() {
    return { event: 'other', data: undefined };
  }
}

const providers = [PagesHandler, PagesService, PagesGateway, EchoHandler];

describe.each([true, false])('Where there is no data, with encryption: %p', (encryption) => {
  const options = { encryption };

  it.each(['ofClass', 'ofMethod', 'ofGateway'])(
    'a handler %s sees its default, with request(), send() and stream()',
    async (name) => {
      const app = await startApp({ options, providers });
      const client = await app.connect();
      expect(await client.request(name)).toBe(5);
      const replied = new Promise((resolve) => client.on(name, resolve));
      client.send({ request: name });
      expect(await replied).toBe(5);
      expect(await client.stream(name).next()).toEqual({ done: false, value: 5 });
    },
  );

  it('a hook sees its default, whichever way the push went', async () => {
    const app = await startApp({ options });
    const client = await app.connect({ authData: { role: 'worker' } });
    const seen: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      client.on('news', (data?: Paging) => seen.push(limitOf(data)) === 5 && resolve());
    });
    const [peer] = app.server.clientMap.values();
    app.server.broadcast('news');
    app.server.sendTo(peer!.id, 'news');
    app.server.sendToByMeta('role', 'worker', 'news');
    app.server.sendToFirstByMeta('role', 'worker', 'news');
    peer!.send({ request: 'news', data: undefined });
    await all;
    expect(seen).toEqual([5, 5, 5, 5, 5]);
  });

  it('a message has no key for it, and keeps a null that was given', async () => {
    const app = await startApp({ options, providers });
    const ours = await authenticatedRaw(app);
    const original = await authenticatedRaw(app, { mode: 'original' });
    app.server.broadcast('news');
    app.server.broadcast('news', null);
    original.sendMessage({ request: 'renamed' });
    expect([await ours.next(), await ours.next()]).toEqual([
      { request: 'news' },
      { request: 'news', data: null },
    ]);
    for (const push of [
      { request: 'news' },
      { request: 'news', response: null },
      { request: 'other' },
    ]) {
      expect(await original.nextMatching(({ request }) => request !== 'auth')).toEqual(push);
    }
  });

  it('a server of the original gets no key for it, and a null that was given', async () => {
    const server = await servers.start({ encryption });
    server.onRequest('pages', (data) => limitOf(data as Paging | undefined));
    const client = servers.client(server, { encryption });
    await client.connect();
    expect(await client.request('pages')).toBe(5);
    client.send({ request: 'pages' });
    client.send({ request: 'nothing', data: null });
    await server.nextMessage('pages');
    const { message: sent } = await server.nextMessage('pages');
    expect(sent).not.toHaveProperty('data');
    expect((await server.nextMessage('nothing')).message).toHaveProperty('data', null);
  });

  it('an ask still has data, so that it is known for one', async () => {
    const app = await startApp({ options });
    const client = await authenticatedRaw(app);
    const answer = app.server.request(1, 'status');
    const ask = await client.nextMatching(({ request }) => request === 'status');
    expect(ask).toEqual({ request: 'status', id: ask.id, data: null });
    client.sendMessage({ request: 'status', id: ask.id, response: 'idle' });
    expect(await answer).toBe('idle');
  });
});
