import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, Subject } from 'rxjs';
import { WsException } from '@nestjs/websockets';
import {
  SharedKeyAuthHandler,
  SkipAuth,
  SocketHandler,
  type ConnectedClient,
  type SocketsOptions,
} from '../../src/index.js';
import { SocketClient, type SocketClientOptions } from '../../src/client/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

interface Shown {
  readonly client: ConnectedClient;
  readonly data: { readonly token?: string };
}

/** Lets in who has a token, each for the milliseconds that the test says. */
@Injectable()
@SkipAuth()
@SocketHandler('auth')
class TokenAuthHandler {
  lifetimes: number[] = [];
  verdicts: (() => unknown)[] = [];
  readonly shown$ = new Subject<Shown>();

  server(data: Shown['data'], client: ConnectedClient): unknown {
    this.shown$.next({ client, data });
    const verdict = this.verdicts.shift();
    if (verdict) return verdict();
    const lifetime = this.lifetimes.shift();
    return lifetime === undefined ? 'success' : { expires: Date.now() + lifetime };
  }
}

const startApp = useApps();
const cleanUp = useCleanUp();
const log = useLog();

const WIRES: readonly [string, SocketsOptions, SocketClientOptions][] = [
  ['version 1', {}, { version: 1 }],
  ['version 2', {}, {}],
  ['no encryption', { encryption: false }, {}],
];

async function start(lifetimes: number[], options: SocketsOptions = {}) {
  const app = await startApp({ auth: TokenAuthHandler, providers: [EchoHandler], options });
  const auth = app.app.get(TokenAuthHandler);
  auth.lifetimes = lifetimes;
  return { app, auth };
}

function untilShown({ shown$ }: TokenAuthHandler, token: string): Promise<Shown> {
  return firstValueFrom(shown$.pipe(filter(({ data }) => data.token === token)));
}

/** A function that gives another token each time. */
function tokens(): () => { token: string } {
  let count = 0;
  return () => ({ token: `token ${++count}` });
}

describe.each(WIRES)('Credentials that expire, over %s', (_, options, clientOptions) => {
  it('are shown anew before, on the connection that there is', async () => {
    const { app, auth } = await start([3_000, 60_000], options);
    const renewed = untilShown(auth, 'token 2');
    const client = await app.connect({ ...clientOptions, authData: tokens() });
    const [id] = [...app.server.clientMap.keys()];
    const { client: connected } = await renewed;
    expect(connected.authenticated).toBe(true);
    expect(connected.id).toBe(id);
    expect(await client.request('echo', 'still here')).toBe('still here');
    expect(connected.expiresAt).toBeGreaterThan(Date.now() + 50_000);
  });
});

describe('Credentials that expire', () => {
  it('end the connection of a client that shows none in time, with 4401 and the reason', async () => {
    const { app } = await start([300]);
    const raw = await authenticatedRaw(app, { authData: { token: 'a' } });
    const closed = await raw.untilClosed();
    expect(closed).toMatchObject({ code: 4401, reason: 'the credentials have expired' });
  });

  it('may be set by the server at any time, and taken back', async () => {
    const { app, auth } = await start([]);
    const client = await app.connect({ authData: tokens() });
    const [connected] = [...app.server.clientMap.values()];
    const renewed = firstValueFrom(auth.shown$);
    connected!.expiresAt = new Date(Date.now() + 2_000);
    auth.verdicts.push(() => {
      connected!.expiresAt = undefined;
      return true;
    });
    await renewed;
    expect(await client.request('echo', 1)).toBe(1);
    expect(connected!.expiresAt).toBeUndefined();
  });

  it.each([['tomorrow'], [NaN], [{}], [new Date('no date')]])(
    'are a time: %p is refused to who sets it',
    async (value) => {
      const { app } = await start([]);
      await app.connect();
      const [connected] = [...app.server.clientMap.values()];
      expect(() => (connected!.expiresAt = value as number)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    },
  );

  it.each([
    ['something falsy', () => false],
    [
      'a WsException',
      () => {
        throw new WsException('no longer');
      },
    ],
  ])('that the handler refuses with %s end the connection with 4401', async (_, verdict) => {
    const { app, auth } = await start([2_000]);
    const client = await app.connect({ authData: tokens(), reconnect: false });
    auth.verdicts.push(verdict);
    const [info] = (await once(client.events, 'disconnect')) as [object];
    expect(info).toMatchObject({ code: 4401, reason: 'authentication refused' });
  });

  it('that are refused count as failed authentications of that address', async () => {
    const options = { maxAuthFailuresPerMinute: 1, authTimeout: 200, encryption: false };
    const { app, auth } = await start([], options);
    const guesser = await authenticatedRaw(app);
    auth.verdicts.push(() => false);
    guesser.sendMessage({ request: 'reauth', id: 1, data: { token: 'a guess' } });
    expect((await guesser.untilClosed()).code).toBe(4401);
    const next = await connectRaw(app);
    auth.verdicts.push(() => false);
    next.sendMessage({ request: 'auth', id: 1, data: { token: 'another guess' } });
    await log.next(/limit=maxAuthFailuresPerMinute/);
  });

  it('are shown again when nobody could judge them', async () => {
    const { app, auth } = await start([60_000, 60_000]);
    const [connecting, tokensShown] = [app.connect({ authData: tokens() }), [] as unknown[]];
    auth.shown$.subscribe(({ data }) => tokensShown.push(data.token));
    const client = await connecting;
    auth.verdicts.push(() => {
      throw new Error('the database is down');
    });
    [...app.server.clientMap.values()][0]!.expiresAt = Date.now() + 6_000;
    await untilShown(auth, 'token 3');
    expect(await client.request('echo', 1)).toBe(1);
    expect(tokensShown).toEqual(['token 1', 'token 2', 'token 3']);
    await log.next(/the database is down/);
  });

  it('are not told to a client that knows no ids, as an original, which is closed in the end', async () => {
    const { app } = await start([]);
    const raw = await authenticatedRaw(app, { mode: 'original' });
    const [connected] = [...app.server.clientMap.values()];
    connected!.expiresAt = Date.now() + 100;
    expect((await raw.untilClosed()).code).toBe(4401);
    expect(raw.hookRuns).toEqual([]);
  });

  it('are decided one at a time', async () => {
    const { app, auth } = await start([]);
    const raw = await authenticatedRaw(app, { authData: { token: 'a' } });
    auth.verdicts.push(() => new Promise((resolve) => setImmediate(() => resolve(true))));
    raw.sendMessage({ request: 'reauth', id: 1, data: { token: 'b' } });
    raw.sendMessage({ request: 'reauth', id: 2, data: { token: 'c' } });
    const [first, second] = await Promise.all(
      [1, 2].map((id) => raw.nextMatching((message) => message.id === id, `the reply to ${id}`)),
    );
    expect(first).toEqual({ request: 'reauth', id: 1, response: true });
    expect(second).toMatchObject({ error: { code: 'FORBIDDEN' } });
  });

  it('are nobody’s business before authentication', async () => {
    const { app } = await start([]);
    const stranger = await connectRaw(app);
    stranger.sendMessage({ request: 'reauth', id: 1, data: { token: 'b' } });
    expect((await stranger.untilClosed()).code).toBe(4401);
  });
});

describe('authData as a function', () => {
  it('is called for each connection', async () => {
    const { app, auth } = await start([]);
    const shown: unknown[] = [];
    auth.shown$.subscribe(({ data }) => shown.push(data.token));
    const client = await app.connect({ authData: async () => ({ token: `at ${shown.length}` }) });
    await client.reconnect();
    expect(shown).toEqual(['at 0', 'at 1']);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('the token service is down'))],
    ['returns no object', () => 'token' as unknown as object],
    ['returns what is no JSON', () => ({ token: 1n })],
  ])('that %s fails the attempt, and is called for the next one', async (_, bad) => {
    const { app } = await start([]);
    let calls = 0;
    const authData = () => (++calls === 1 ? bad() : { token: 'a' }) as Record<string, unknown>;
    const client = new SocketClient({
      address: app.address,
      authKey: app.options.authKey,
      authData,
      reconnect: { baseDelay: 1 },
    });
    cleanUp(() => client.close());
    const failed = once(client.events, 'reconnecting') as Promise<[{ error: Error }]>;
    await client.connect();
    const [{ error }] = await failed;
    expect(error).toMatchObject({ code: 'AUTH_DATA_FAILED' });
    expect(calls).toBe(2);
  });

  it('is sent with the authKey, where that is one of the secrets', async () => {
    const app = await startApp({ auth: SharedKeyAuthHandler, providers: [EchoHandler] });
    const client = await app.connect({ authData: () => ({ role: 'worker' }) });
    expect(await client.request('echo', 1)).toBe(1);
    expect([...app.server.clientMap.values()][0]!.meta).toEqual({ role: 'worker' });
  });
});
