import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, Observable } from 'rxjs';
import { SkipAuth, SocketHandler } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY, GLOBAL_KEY_HEX } from '../fixtures/auth-key.js';
import { deferred } from '../fixtures/deferred.js';
import { EchoHandler, SlowHandler, VersionHandler } from '../fixtures/handlers.js';
import { askForUpgrade } from '../fixtures/upgrade.js';
import type { RawClient } from '../helpers/raw-client.js';
import { open } from '../helpers/raw-envelope.js';

const GLOBAL_KEY = Buffer.from(GLOBAL_KEY_HEX, 'hex');

@SocketHandler()
class ValidateGameHandler {
  calls = 0;

  server({ pgn }: { pgn: string }) {
    this.calls++;
    return { valid: pgn === '1. e4' };
  }
}

@SocketHandler('fast')
class FastHandler {
  server() {
    return 'b';
  }
}

@SocketHandler()
class WatchGamesHandler {
  readonly stopped = deferred();

  server() {
    return new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.next(2);
      return () => this.stopped.resolve();
    });
  }
}

const startApp = useApps();

function start(): Promise<SocketsTestApp> {
  return startApp({
    providers: [
      EchoHandler,
      FastHandler,
      SlowHandler,
      ValidateGameHandler,
      VersionHandler,
      WatchGamesHandler,
    ],
  });
}

/** What came in and went out, opened with the keys that section 10 writes as g(…) and s(…). */
function transcript(client: RawClient): string[] {
  return client.frames.map(({ data, direction }) => {
    const side = direction === 'out' ? 'C' : 'S';
    try {
      return `${side}: g(${open(data, GLOBAL_KEY).toString()})`;
    } catch {
      return `${side}: s(${open(data, client.key!).toString()})`;
    }
  });
}

async function validates(client: RawClient, pgn: string): Promise<unknown> {
  return (await client.request('validateGame', { pgn })).response;
}

describe('PROTOCOL.md, 10 Dialogues', () => {
  it('D1 Authentication and a request', async () => {
    const client = await connectRaw(await start(), { mode: 'original' });
    const { sessionKey } = await client.authenticate();
    expect(await validates(client, '1. e4')).toEqual({ valid: true });
    expect(transcript(client)).toEqual([
      `C: g({"request":"auth","data":{"authKey":"${AUTH_KEY}"}})`,
      `S: g({"request":"auth","response":"success","sessionKey":"${sessionKey}"})`,
      'C: s({"request":"validateGame","data":{"pgn":"1. e4"}})',
      'S: s({"request":"validateGame","response":{"valid":true}})',
    ]);
  });

  it('D2 Refused authentication', async () => {
    const client = await connectRaw(await start());
    client.sendMessage({ request: 'auth', data: { authKey: 'wrong' } });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(transcript(client)).toEqual(['C: g({"request":"auth","data":{"authKey":"wrong"}})']);
  });

  it('D2 Refused authentication, with a wrong authKey on the client', async () => {
    const client = await connectRaw(await start(), { authKey: 'another-key-of-some-length' });
    client.sendMessage({ request: 'auth', data: { authKey: 'another-key-of-some-length' } });
    expect((await client.untilClosed()).code).toBe(4400);
    expect(client.frames).toHaveLength(1);
  });

  it('D3 A request before authentication', async () => {
    const app = await start();
    const client = await connectRaw(app);
    client.sendMessage({ request: 'validateGame', data: {} });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(app.app.get(ValidateGameHandler).calls).toBe(0);
    expect(transcript(client)).toEqual(['C: g({"request":"validateGame","data":{}})']);
  });

  it('D4 A handler that is open to everyone', async () => {
    const client = await connectRaw(await start());
    await client.request('version');
    await client.authenticate();
    expect(await validates(client, '1. e4')).toEqual({ valid: true });
    expect(transcript(client).slice(0, 2)).toEqual([
      'C: g({"request":"version"})',
      'S: g({"request":"version","response":"1.2.0"})',
    ]);
    expect(transcript(client)[4]).toMatch(/^C: s\(/);
  });

  it('D5 Heartbeat', async () => {
    const client = await authenticatedRaw(await start());
    await client.request('heartBeat');
    await client.request('heartBeat');
    const [, , ...beats] = transcript(client);
    const beat = ['C: s({"request":"heartBeat"})', 'S: s({"request":"heartBeat","response":true})'];
    expect(beats).toEqual([...beat, ...beat]);
  });

  it('D6 Pushes', async () => {
    const app = await start();
    const client = await authenticatedRaw(app);
    app.server.broadcast('scanGames', ['1. e4']);
    await client.next();
    expect(transcript(client).at(-1)).toBe('S: s({"request":"scanGames","data":["1. e4"]})');
  });

  it('D7 Many requests in flight', async () => {
    const app = await start();
    const client = await authenticatedRaw(app);
    client.sendMessage({ request: 'slow', id: 1 });
    client.sendMessage({ request: 'fast', id: 2 });
    await client.next();
    app.app.get(SlowHandler).answer('a');
    await client.next();
    expect(transcript(client).slice(-2)).toEqual([
      'S: s({"request":"fast","id":2,"response":"b"})',
      'S: s({"request":"slow","id":1,"response":"a"})',
    ]);
  });

  it('D8 A failed request', async () => {
    const client = await authenticatedRaw(await start());
    client.sendMessage({ request: 'nobody', id: 3 });
    await client.next();
    expect(transcript(client).at(-1)).toBe(
      'S: s({"request":"nobody","id":3,"error":{"code":"UNKNOWN_HANDLER","message":"No handler named nobody"}})',
    );
    expect(await client.request('echo', 'goes on')).toMatchObject({ response: 'goes on' });
  });

  it('D9 A stream, cancelled', async () => {
    const app = await start();
    const client = await authenticatedRaw(app);
    client.sendMessage({ request: 'watchGames', id: 4, stream: true });
    await client.next();
    await client.next();
    client.sendMessage({ request: 'watchGames', id: 4, cancel: true });
    await app.app.get(WatchGamesHandler).stopped.promise;
    await client.request('fast');
    expect(transcript(client).slice(2, -2)).toEqual([
      'C: s({"request":"watchGames","id":4,"stream":true})',
      'S: s({"request":"watchGames","id":4,"item":1})',
      'S: s({"request":"watchGames","id":4,"item":2})',
      'C: s({"request":"watchGames","id":4,"cancel":true})',
    ]);
  });

  it('D10 The server asks', async () => {
    const app = await start();
    const client = await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    const answer = app.server.request(id!, 'status', {});
    await client.next();
    client.sendMessage({ request: 'status', id: 1, response: { idle: true } });
    expect(await answer).toEqual({ idle: true });
    expect(transcript(client).slice(-2)).toEqual([
      'S: s({"request":"status","id":1,"data":{}})',
      'C: s({"request":"status","id":1,"response":{"idle":true}})',
    ]);
  });

  it('D11 A bad frame', async () => {
    const app = await start();
    const [bad, stranger, other] = [
      await authenticatedRaw(app),
      await connectRaw(app),
      await authenticatedRaw(app),
    ];
    for (const client of [bad, stranger]) {
      client.sendFrame(randomBytes(40));
      expect((await client.untilClosed()).code).toBe(4400);
    }
    expect(await other.request('echo', 'goes on')).toMatchObject({ response: 'goes on' });
  });

  it('D12 Replay of a frame of this session', async () => {
    const app = await start();
    const client = await authenticatedRaw(app);
    await validates(client, '1. e4');
    client.replay();
    expect((await client.untilClosed()).code).toBe(4400);
    expect(app.app.get(ValidateGameHandler).calls).toBe(1);
  });

  it('D12 Replay of the auth frame of an earlier connection', async () => {
    let asked = 0;

    @SkipAuth()
    @SocketHandler('auth')
    class CountingAuthHandler {
      server() {
        return ++asked;
      }
    }

    const app = await startApp({ auth: CountingAuthHandler });
    const earlier = await authenticatedRaw(app);
    const frame = earlier.lastFrame('out');
    await earlier.terminate();
    const client = await connectRaw(app);
    client.replay(frame);
    expect((await client.untilClosed()).code).toBe(4400);
    expect(asked).toBe(1);
  });

  it('D13 The server shuts down', async () => {
    const app = await start();
    const [client, other] = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    const handler = app.app.get(SlowHandler);
    const started = firstValueFrom(handler.started$);
    client.sendMessage({ request: 'slow', id: 1 });
    await started;
    const { port } = app;
    const closed = app.server.close();
    expect((await askForUpgrade(port)).status).toBe(503);
    client.sendMessage({ request: 'echo', id: 2 });
    // Whatever comes later is read later, so the request was read by then.
    for (let turn = 0; turn < 2; turn++) await other.roundTrip();
    handler.answer('in flight');
    expect(await client.next()).toEqual({ request: 'slow', id: 1, response: 'in flight' });
    expect((await client.untilClosed()).code).toBe(1001);
    expect(client.received.unread).toEqual([]);
    await closed;
    const again = await authenticatedRaw(await start());
    expect(again.key).not.toEqual(client.key);
  });
});
