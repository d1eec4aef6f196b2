import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { SocketHandler, type SocketServer } from '../../src/index.js';
import type { SocketsTestApp, TestSocketClient } from '../../src/testing/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';

const startApp = useApps();

/** Connects clients of these roles, which watch `news`, and returns them with their ids. */
async function connectAs(app: SocketsTestApp, ...roles: string[]) {
  const clients: { client: TestSocketClient; id: number }[] = [];
  for (const role of roles) {
    const client = await app.connect({ authData: { role } });
    client.watch('news');
    clients.push({ client, id: [...app.server.clientMap.keys()].at(-1)! });
  }
  return clients;
}

describe('SocketServer.sendToByMeta()', () => {
  it('pushes to every authenticated client with that value, and says how many they were', async () => {
    const app = await startApp({ providers: [EchoHandler] });
    await connectRaw(app);
    const [one, audience, two] = await connectAs(app, 'worker', 'audience', 'worker');
    expect(app.server.sendToByMeta('role', 'worker', 'news', 'for workers')).toBe(2);
    expect(app.server.sendToByMeta('role', 'audience', 'news', 'for the audience')).toBe(1);
    expect(await one!.client.nextPush('news')).toBe('for workers');
    expect(await two!.client.nextPush('news')).toBe('for workers');
    expect(await audience!.client.nextPush('news')).toBe('for the audience');
  });

  it('compares strictly, and finds nobody for what nobody has', async () => {
    const app = await startApp();
    await connectAs(app, '1');
    const { server } = app;
    expect(server.sendToByMeta('role', 1, 'news')).toBe(0);
    expect(server.sendToByMeta('tenant', 'a', 'news')).toBe(0);
    expect(server.sendToByMeta('constructor', undefined, 'news')).toBe(0);
    expect(server.sendToByMeta('tenant', undefined, 'news')).toBe(1);
  });

  it.each([
    ['no name', 'not a name', 1],
    [
      'a cycle',
      'news',
      (() => {
        const cycle: { self?: object } = {};
        cycle.self = cycle;
        return cycle;
      })(),
    ],
  ])('refuses %s before it looks for clients', async (_what, name, data) => {
    const { server } = await startApp();
    const code = { code: 'INVALID_MESSAGE' };
    expect(() => server.sendToByMeta('role', 'worker', name, data)).toThrow(
      expect.objectContaining(code),
    );
  });
});

describe('SocketServer.disconnect()', () => {
  it('closes one connection with the code and the reason, and no other', async () => {
    const app = await startApp({ providers: [EchoHandler] });
    const [first, second] = await connectAs(app, 'worker', 'worker');
    const gone = once(first!.client.events, 'disconnect');
    expect(app.server.disconnect(first!.id, 4000, 'busy')).toBe(true);
    expect(await gone).toEqual([{ code: 4000, reason: 'busy', clean: true }]);
    expect(await second!.client.request('echo', 1)).toBe(1);
  });

  it('closes with 1000 unless told otherwise, and 4401 before authentication', async () => {
    const app = await startApp();
    const connected = firstValueFrom(app.server.connected$);
    const stranger = await connectRaw(app);
    expect(app.server.disconnect((await connected).id)).toBe(true);
    expect((await stranger.untilClosed()).code).toBe(4401);
    const client = await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    expect(app.server.disconnect(id!)).toBe(true);
    expect((await client.untilClosed()).code).toBe(1000);
  });

  it('says that there was no such client', async () => {
    const app = await startApp();
    const gone = firstValueFrom(app.server.disconnected$);
    const [one] = await connectAs(app, 'worker');
    app.server.disconnect(one!.id);
    await gone;
    expect(app.server.disconnect(one!.id)).toBe(false);
    expect(app.server.disconnect(4711)).toBe(false);
  });

  it('sends first what was sent before', async () => {
    const app = await startApp();
    const client = await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    app.server.sendTo(id!, 'news', 'the last words');
    app.server.disconnect(id!);
    expect(await client.next()).toMatchObject({ data: 'the last words' });
  });
});

describe('The observables of SocketServer', () => {
  /** What they tell, in order. */
  function recorded(server: SocketServer): unknown[] {
    const events: unknown[] = [];
    server.connected$.subscribe(({ id, authenticated }) =>
      events.push(['connected', id, authenticated]),
    );
    server.authenticated$.subscribe(({ id, authenticated, meta }) =>
      events.push(['authenticated', id, authenticated, meta, server.clientMap.has(id)]),
    );
    server.disconnected$.subscribe(({ client, code, reason }) =>
      events.push(['disconnected', client.id, code, reason, server.clientMap.has(client.id)]),
    );
    return events;
  }

  it('tell of a client that comes, authenticates and goes', async () => {
    const app = await startApp();
    const events = recorded(app.server);
    const client = await authenticatedRaw(app, { authData: { role: 'worker' } });
    const gone = firstValueFrom(app.server.disconnected$);
    client.webSocket.close(4000, 'enough');
    await gone;
    expect(events).toEqual([
      ['connected', 1, false],
      ['authenticated', 1, true, { role: 'worker' }, true],
      ['disconnected', 1, 4000, 'enough', false],
    ]);
  });

  it('tell of one that never authenticates', async () => {
    const app = await startApp();
    const events = recorded(app.server);
    const client = await connectRaw(app);
    const gone = firstValueFrom(app.server.disconnected$);
    await client.terminate();
    await gone;
    expect(events).toEqual([
      ['connected', 1, false],
      ['disconnected', 1, 1006, '', false],
    ]);
  });

  it('complete when the server is closed, after the last client is gone', async () => {
    const app = await startApp();
    const events = recorded(app.server);
    const { connected$, authenticated$, disconnected$ } = app.server;
    const noteEnd = (name: string) => ({ complete: () => events.push([name, 'complete']) });
    connected$.subscribe(noteEnd('connected$'));
    authenticated$.subscribe(noteEnd('authenticated$'));
    disconnected$.subscribe(noteEnd('disconnected$'));
    await authenticatedRaw(app);
    await app.server.close();
    expect(events.slice(2)).toEqual([
      ['disconnected', 1, 1001, 'shutting down', false],
      ['connected$', 'complete'],
      ['authenticated$', 'complete'],
      ['disconnected$', 'complete'],
    ]);
  });
});

describe('The ids of clients', () => {
  it('count up, and are never given twice', async () => {
    @SocketHandler('whoAmI')
    class WhoAmIHandler {
      server(_data: unknown, { id }: { id: number }) {
        return id;
      }
    }
    const app = await startApp({ providers: [WhoAmIHandler] });
    const ids: unknown[] = [];
    for (let count = 0; count < 5; count++) {
      const client = await app.connect();
      ids.push(await client.request('whoAmI'));
      client.close();
    }
    expect(ids).toEqual([1, 2, 3, 4, 5]);
  });
});
