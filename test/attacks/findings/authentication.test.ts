import { describe, expect, it, jest } from '@jest/globals';
import { UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsException } from '@nestjs/websockets';
import { firstValueFrom, of, Subject } from 'rxjs';
import { SkipAuth, SocketClient, SocketHandler, type ConnectedClient } from '../../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { deferred, type Deferred } from '../../fixtures/deferred.js';
import { useEnvironment } from '../../fixtures/environment.js';
import { EchoHandler, VersionHandler } from '../../fixtures/handlers.js';
import { useLog } from '../../fixtures/log.js';
import { readDocument } from '../../readme/documents.js';
import { AttackedModule } from '../support/attacked.module.js';

const startApp = useApps();
const cleanUp = useCleanUp();
const setEnvironment = useEnvironment();
const log = useLog();
const security = readDocument('src/envelope/KEYS.md').section('Security of version 1');

const WEAK_KEYS = ['AUTH_KEY', 'short', '15 characters!!'];

/** Decides when the test says so, and tells the roles of those that ask. */
@SkipAuth()
@SocketHandler('auth')
class PatientAuthHandler {
  readonly asked: string[] = [];
  readonly decisions: Deferred<unknown>[] = [];
  private readonly asks = new Subject<void>();
  readonly asks$ = this.asks.asObservable();

  server({ role }: { role: string }, client: ConnectedClient) {
    client.meta = { role };
    this.asked.push(role);
    const decision = deferred<unknown>();
    this.decisions.push(decision);
    this.asks.next();
    return decision.promise;
  }
}

async function startWithPatience() {
  const app = await startApp({ auth: PatientAuthHandler, providers: [EchoHandler] });
  return { app, server: app.server, auth: app.app.get(PatientAuthHandler) };
}

describe('finding 7: somebody guesses the authKey offline, from one recorded frame', () => {
  it.each(WEAK_KEYS)('a server in production does not start with the key "%s"', async (authKey) => {
    setEnvironment({ NODE_ENV: 'production' });
    await expect(startApp({ options: { authKey } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/"authKey".*npx nestjs-sockets keygen/),
    });
  });

  it.each(WEAK_KEYS)('a client in production does not start with the key "%s"', (authKey) => {
    setEnvironment({ NODE_ENV: 'production' });
    expect(() => new SocketClient({ authKey })).toThrow(/"authKey".*npx nestjs-sockets keygen/);
  });

  it('stays possible for weak keys with version 1, as KEYS.md says', () => {
    expect(security).toMatch(
      /Guessing the key offline.* One recorded frame is enough to try keys, and all deployments share one salt. Use 32 random bytes/,
    );
  });
});

describe('finding 8: somebody tries the key that the original ships with', () => {
  /** As an application starts it, with the warnings that the testing kit keeps quiet. */
  async function startAttacked(authKey?: string) {
    const module = AttackedModule.with({ port: 0, host: '127.0.0.1', authKey });
    const app = await NestFactory.create(module, { logger: false, abortOnError: false });
    cleanUp(() => app.close());
    return app.init();
  }

  it('a server in production does not start when nobody set a key', async () => {
    setEnvironment({ NODE_ENV: 'production', SOCKET_AUTH_KEY: '' });
    await expect(startAttacked()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('well-known default'),
    });
  });

  it('a server elsewhere warns, with what to do about it', async () => {
    setEnvironment({ SOCKET_AUTH_KEY: '' });
    await startAttacked();
    const warnings = log.matching(/well-known default "AUTH_KEY"/);
    expect(warnings).toEqual([expect.stringContaining('Set the option "authKey"')]);
  });

  it('a client elsewhere warns too', () => {
    setEnvironment({ SOCKET_AUTH_KEY: '' });
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(new SocketClient().state).toBe('idle');
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('well-known default "AUTH_KEY"'), 'SocketsWarning'],
    ]);
  });

  it('no key is ever logged', async () => {
    await startAttacked('a short one');
    expect(log.matching(/authKey has 11 characters/)).toHaveLength(1);
    expect(log.matching(/a short one/)).toEqual([]);
  });
});

const REFUSING: Record<string, () => unknown> = {
  'an object with an error': () => ({ error: 'Wrong key' }),
  'an object with an error of undefined': () => ({ error: undefined }),
  'an Error': () => new Error('Wrong key'),
  'a promise of an object with an error': async () => ({ error: 'Wrong key' }),
  'an Observable of an object with an error': () => of({ error: 'Wrong key' }),
  'a promise that rejects': async () => Promise.reject(new WsException('Wrong key')),
  'an exception': () => {
    throw new UnauthorizedException('Wrong key');
  },
  nothing: () => undefined,
  null: () => null,
  false: () => false,
  0: () => 0,
  NaN: () => NaN,
  'an empty string': () => '',
};

const ACCEPTING: Record<string, () => unknown> = {
  'a string': () => 'error',
  true: () => true,
  1: () => 1,
  'an empty object': () => ({}),
  'an object that inherits an error': () => Object.create({ error: 'inherited' }) as object,
};

/** Decides as the peer wants it. */
@SkipAuth()
@SocketHandler('auth')
class ObedientAuthHandler {
  server({ how }: { how: string }): unknown {
    return (REFUSING[how] ?? ACCEPTING[how])?.();
  }
}

describe('finding 14: whatever an auth handler answers is taken for a success', () => {
  it.each(Object.keys(REFUSING))('%s refuses: no reply, 4401', async (how) => {
    const app = await startApp({ auth: ObedientAuthHandler });
    const peer = await connectRaw(app);
    peer.sendMessage({ request: 'auth', data: { how } });
    expect((await peer.untilClosed()).code).toBe(4401);
    expect(peer.received.unread).toEqual([]);
    expect(app.server.clientMap.size).toBe(0);
    expect(app.server.stats()).toMatchObject({ authenticated: 0, refused: { authRefused: 1 } });
  });

  it.each(Object.keys(ACCEPTING))('%s authenticates, as in the original', async (how) => {
    const app = await startApp({ auth: ObedientAuthHandler });
    const peer = await connectRaw(app);
    expect(await peer.authenticate(undefined, { how })).toHaveProperty('sessionKey');
    expect(app.server.clientMap.size).toBe(1);
  });
});

describe('finding 14: a handler refuses in its own way', () => {
  it('by closing the client, as HANDLERS.md shows: counted and logged like any refusal', async () => {
    @SkipAuth()
    @SocketHandler('auth')
    class ClosingAuthHandler {
      server(_data: unknown, client: ConnectedClient) {
        return client.close();
      }
    }

    const app = await startApp({ auth: ClosingAuthHandler });
    const peer = await connectRaw(app);
    await expect(peer.authenticate()).rejects.toHaveProperty('code', 4401);
    expect(app.server.stats().refused).toEqual({ authRefused: 1 });
    expect(log.matching(/limit=authRefused client=\d+ ip="127.0.0.1"/)).toHaveLength(1);
  });
});

describe('finding 16: a peer leaves while its auth is being decided', () => {
  it('is in no clientMap and in no event when the handler says yes after that', async () => {
    const { app, server, auth } = await startWithPatience();
    const authenticated: number[] = [];
    server.authenticated$.subscribe(({ id }) => authenticated.push(id));
    const [ghost, other] = await Promise.all([connectRaw(app), connectRaw(app)]);
    const asked = firstValueFrom(auth.asks$);
    ghost.sendMessage({ request: 'auth', data: { role: 'ghost' } });
    await asked;
    const gone = firstValueFrom(server.disconnected$);
    await ghost.terminate();
    const { client } = await gone;
    auth.decisions[0]!.resolve('success');
    auth.asks$.subscribe(() => auth.decisions[1]!.resolve('success'));
    await other.authenticate(undefined, { role: 'other' });
    expect([...server.clientMap.values()].map(({ meta }) => meta)).toEqual([{ role: 'other' }]);
    expect(authenticated).not.toContain(client.id);
    expect(server.stats()).toMatchObject({ connections: 1, authenticated: 1 });
    expect(server.broadcast('news')).toBe(1);
  });
});

describe('finding 17: a peer sends auth more than once', () => {
  it('is closed with 4403 when it is authenticated, and its handler is not asked again', async () => {
    const { app, server, auth } = await startWithPatience();
    auth.asks$.subscribe(() => auth.decisions.at(-1)!.resolve('success'));
    const peer = await connectRaw(app);
    await peer.authenticate(undefined, { role: 'worker' });
    const [client] = server.clientMap.values();
    peer.sendMessage({ request: 'auth', data: { role: 'admin' } });
    expect((await peer.untilClosed()).code).toBe(4403);
    expect(auth.asked).toEqual(['worker']);
    expect(client!.meta).toEqual({ role: 'worker' });
  });

  it('is asked about once at a time, and closed with 4403 once the first has succeeded', async () => {
    const { app, auth } = await startWithPatience();
    const peer = await connectRaw(app);
    const asked = firstValueFrom(auth.asks$);
    for (const role of ['worker', 'admin']) {
      peer.sendMessage({ request: 'auth', data: { role } });
    }
    await asked;
    // Another peer's auth is read later, so the second of this one was read by then.
    const next = firstValueFrom(auth.asks$);
    const other = await connectRaw(app);
    other.sendMessage({ request: 'auth', data: { role: 'other' } });
    await next;
    expect(auth.asked).toEqual(['worker', 'other']);
    auth.decisions[0]!.resolve('success');
    expect((await peer.untilClosed()).code).toBe(4403);
    expect(auth.asked).toEqual(['worker', 'other']);
  });

  it('is closed with 4401 when the first is refused, whatever the second says', async () => {
    const { app, server, auth } = await startWithPatience();
    const peer = await connectRaw(app);
    const asked = firstValueFrom(auth.asks$);
    for (const role of ['nobody', 'admin']) {
      peer.sendMessage({ request: 'auth', data: { role } });
    }
    await asked;
    auth.decisions[0]!.resolve(undefined);
    expect((await peer.untilClosed()).code).toBe(4401);
    expect(auth.asked).toEqual(['nobody']);
    expect(server.clientMap.size).toBe(0);
  });
});

describe('finding 22: a handler that is open to everyone cannot answer before auth', () => {
  it.each([true, false])('it can, with encryption %s, and auth goes on', async (encryption) => {
    const providers = [EchoHandler, VersionHandler];
    const app = await startApp({ providers, options: { encryption } });
    const peer = await connectRaw(app);
    expect(await peer.request('version')).toEqual({ request: 'version', response: '1.2.0' });
    expect(peer.frames.map(({ binary }) => binary)).toEqual([encryption, encryption]);
    await peer.authenticate();
    expect(await peer.request('version')).toMatchObject({ response: '1.2.0' });
    expect(await peer.request('echo', 1)).toMatchObject({ response: 1 });
  });

  it.each([true, false])('a bot with encryption %s gets nothing else', async (encryption) => {
    const providers = [EchoHandler, VersionHandler];
    const app = await startApp({ providers, options: { encryption } });
    const honest = await authenticatedRaw(app);
    const peer = await connectRaw(app);
    await peer.request('version');
    app.server.broadcast('news', 'for clients');
    await expect(peer.request('echo', 1)).rejects.toHaveProperty('code', 4401);
    expect(peer.received.unread).toEqual([]);
    expect(await honest.next()).toEqual({ request: 'news', data: 'for clients' });
  });
});
