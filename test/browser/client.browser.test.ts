import { expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { firstValueFrom, Subject } from 'rxjs';
import {
  SharedKeyAuthHandler,
  SkipAuth,
  SocketHandler,
  type ConnectedClient,
} from '../../src/index.js';
import { FaultProxy, type SocketsTestApp } from '../../src/testing/index.js';
import { generateKeyPair, privateBytesOf } from '../../src/envelope/x25519.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useApps, type AppParts } from '../fixtures/apps.js';
import { EchoHandler, FailingHandlers, SlowHandler, StreamHandlers } from '../fixtures/handlers.js';
import { describeInChromium } from './support/describe-in-chromium.js';
import { untilEvent, usePages } from './support/pages.js';

const keys = generateKeyPair();
const serverKey = privateBytesOf(keys).toString('base64url');
const serverPublicKey = keys.publicKey.toString('base64url');

/** Lets in who brings the token, and devices. */
@Injectable()
@SkipAuth()
@SocketHandler('auth')
class TokenAuthHandler {
  readonly renewed$ = new Subject<void>();

  server(data: { token?: string }, client: ConnectedClient): boolean {
    if (client.authenticated) this.renewed$.next();
    return data.token === 'a valid token' || client.session.publicKey !== undefined;
  }
}

@Injectable()
@SocketHandler('whoAmI')
class WhoAmIHandler {
  server(_data: unknown, { session }: ConnectedClient): unknown {
    return session;
  }
}

/** Asks back, and pushes. */
@Injectable()
@SocketHandler('askMe')
class AskingHandler {
  async server(data: unknown, client: ConnectedClient): Promise<unknown> {
    client.send({ request: 'news', data: { about: data } });
    return client.request('status', data);
  }
}

const parts: AppParts = {
  providers: [EchoHandler, FailingHandlers, StreamHandlers, WhoAmIHandler, AskingHandler],
  auth: TokenAuthHandler,
  options: { serverKey, allowedOrigins: '*' },
};

describeInChromium('SocketClient in a page', () => {
  const startApp = useApps();
  const openPage = usePages();
  const TOKEN = { serverPublicKey, authData: { token: 'a valid token' } };
  const addressOf = ({ port }: SocketsTestApp) => `ws://127.0.0.1:${port}`;

  async function connected(options: object = TOKEN, more: Partial<AppParts> = {}) {
    const app = await startApp({ ...parts, ...more });
    const page = await openPage();
    expect(await page.connect({ address: addressOf(app), ...options })).toEqual({
      value: 'connected',
    });
    return { app, page };
  }

  it('brings a token under the key of the server alone (NK)', async () => {
    const { page } = await connected();
    expect(await page.request('echo', { text: '♞', list: [1] })).toEqual({
      value: { text: '♞', list: [1] },
    });
    expect(await page.request('whoAmI')).toEqual({ value: { version: 2, keyId: '' } });
  });

  it('is a device whose private key nobody can read, the same after a reload (IK)', async () => {
    const { app, page } = await connected({ serverPublicKey, device: true });
    const { publicKey, isKept } = await page.device();
    expect(isKept).toBe(true);
    expect(await page.request('whoAmI')).toEqual({ value: { version: 2, keyId: '', publicKey } });
    await page.browserPage.reload();
    expect(await page.device()).toEqual({ publicKey, isKept });
    await page.connect({ address: addressOf(app), serverPublicKey, device: true });
    expect(await page.request('whoAmI')).toEqual({ value: { version: 2, keyId: '', publicKey } });
  });

  it.each([
    ['NNpsk0', {}],
    ['NKpsk0', { serverPublicKey }],
  ])('shares an authKey, for which it loads scrypt (%s)', async (_, options) => {
    const { page } = await connected(
      { authKey: AUTH_KEY, ...options },
      { auth: SharedKeyAuthHandler, options: { serverKey, allowedOrigins: '*' } },
    );
    expect(await page.request('echo', 1)).toEqual({ value: 1 });
  });

  it('speaks without encryption, for development', async () => {
    const { page } = await connected(
      { encryption: false, authKey: AUTH_KEY },
      { auth: SharedKeyAuthHandler, options: { encryption: false, allowedOrigins: '*' } },
    );
    expect(await page.request('echo', 'clear')).toEqual({ value: 'clear' });
  });

  it('gets errors with their code, message and details', async () => {
    const { page } = await connected();
    expect(await page.request('throwsWsException')).toEqual({
      code: 'GAME_OVER',
      message: 'It is over',
    });
    expect(await page.request('unheardOf')).toMatchObject({ code: 'UNKNOWN_HANDLER' });
  });

  it('is asked by the server, and is pushed to', async () => {
    const { page } = await connected();
    expect(await page.request('askMe', 7)).toEqual({ value: { asked: 7, by: 'the page' } });
    expect(await page.pushes()).toEqual([{ about: 7 }]);
  });

  it('has a thousand requests in flight, each answered with its own reply', async () => {
    const { page } = await connected();
    expect(await page.requests(1_000, 1_000)).toMatchObject({ right: 1_000 });
  });

  it('goes on beyond 1,024 records, after which both sides take another key', async () => {
    const { page } = await connected();
    expect(await page.requests(2_100, 1)).toMatchObject({ right: 2_100 });
  });

  it('takes streams, and leaves them in the middle', async () => {
    const { app, page } = await connected();
    expect(await page.take('countTo', 500, 1_000)).toEqual({
      value: Array.from({ length: 500 }, (_, index) => index + 1),
    });
    const stopped = new Promise((resolve) =>
      app.app.get(StreamHandlers).stopped$.subscribe(resolve),
    );
    expect(await page.take('count', null, 10)).toMatchObject({
      value: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    });
    await stopped;
  });

  it('sends bytes as they are, and gets them so', async () => {
    const { page } = await connected();
    for (const length of [0, 1, 70_000]) expect(await page.echoBytes(length)).toBe(length);
  });

  it('comes back when its server was away', async () => {
    const app = await startApp(parts);
    let address = addressOf(app);
    const proxy = await FaultProxy.start(() => address);
    const page = await openPage();
    const reconnect = { baseDelay: 10, maxDelay: 50 };
    await page.connect({ address: proxy.address, ...TOKEN, reconnect });
    await app.close();
    await untilEvent(page, 'disconnect');
    expect(await page.request('echo', 'lost')).toMatchObject({ code: 'NOT_CONNECTED' });
    address = addressOf(await startApp(parts));
    await untilEvent(page, 'reconnected');
    expect(await page.request('echo', 'again')).toEqual({ value: 'again' });
    await proxy.close();
  });

  it('comes back when its connection was cut, and its requests were rejected', async () => {
    const app = await startApp({ ...parts, providers: [...parts.providers!, SlowHandler] });
    const proxy = await FaultProxy.start(() => addressOf(app));
    const page = await openPage();
    await page.connect({ address: proxy.address, ...TOKEN, reconnect: { baseDelay: 10 } });
    const lost = page.request('slow');
    await firstValueFrom(app.app.get(SlowHandler).started$);
    proxy.cutAll();
    expect(await lost).toMatchObject({ code: 'CONNECTION_LOST' });
    await untilEvent(page, 'reconnected');
    await proxy.close();
  });

  it('refuses what was tampered with on the way, and comes back', async () => {
    const app = await startApp(parts);
    const proxy = await FaultProxy.start(() => addressOf(app));
    const page = await openPage();
    await page.connect({ address: proxy.address, ...TOKEN, reconnect: { baseDelay: 10 } });
    proxy.plan = ({ direction }) => (direction === 'toClient' ? 'tamper' : 'pass');
    expect(await page.request('echo', 1)).toMatchObject({ code: 'CONNECTION_LOST' });
    proxy.plan = () => 'pass';
    await untilEvent(page, 'reconnected');
    expect(await page.events()).toContainEqual([
      'disconnect',
      expect.objectContaining({ code: 4400, clean: false }),
    ]);
    await proxy.close();
  });

  it('makes no futile tries while the browser is offline, and is back as soon as it is not', async () => {
    const app = await startApp(parts);
    const proxy = await FaultProxy.start(() => addressOf(app));
    const page = await openPage();
    const reconnect = { baseDelay: 600_000, maxDelay: 600_000 };
    await page.connect({ address: proxy.address, ...TOKEN, reconnect });
    await page.browserPage.context().setOffline(true);
    proxy.cutAll();
    await untilEvent(page, 'reconnecting');
    expect((await page.events()).at(-1)).toMatchObject(['reconnecting', { delay: Infinity }]);
    await page.browserPage.context().setOffline(false);
    await untilEvent(page, 'reconnected');
    expect((await page.events()).filter(([event]) => event === 'reconnecting')).toHaveLength(1);
    await proxy.close();
  });

  it('notices within one heartbeat that its server is gone when the page comes back', async () => {
    const app = await startApp(parts);
    const proxy = await FaultProxy.start(() => addressOf(app));
    const page = await openPage();
    const heartBeatInterval = 2_000;
    const options = { heartBeatInterval, reconnect: { baseDelay: 1 } };
    await page.connect({ address: proxy.address, ...TOKEN, ...options });
    proxy.plan = () => 'drop';
    const startedAt = performance.now();
    await page.browserPage.evaluate(() => dispatchEvent(new Event('pageshow')));
    await untilEvent(page, 'disconnect');
    // By itself it would take the server for dead after two more.
    expect(performance.now() - startedAt).toBeLessThan(2 * heartBeatInterval);
    proxy.plan = () => 'pass';
    await untilEvent(page, 'reconnected');
    await proxy.close();
  });

  it('is back when its page comes back from the back/forward cache', async () => {
    const { page } = await connected({ ...TOKEN, reconnect: { baseDelay: 10 } });
    await page.browserPage.goto(`${new URL(page.browserPage.url()).origin}/page.js`);
    await page.browserPage.goBack({ waitUntil: 'commit' });
    await untilEvent(page, 'reconnected');
    expect(await page.request('echo', 'the same page')).toEqual({ value: 'the same page' });
  });

  it('shows new credentials before the old ones expire', async () => {
    const { app, page } = await connected();
    const [client] = [...app.server.clientMap.values()];
    const renewed = firstValueFrom(app.app.get(TokenAuthHandler).renewed$);
    client!.expiresAt = Date.now() + 4_000;
    await renewed;
    expect(await page.request('echo', 1)).toEqual({ value: 1 });
  });

  it('ends cleanly, and tells the server so', async () => {
    const { app, page } = await connected();
    const gone = new Promise((resolve) => app.server.disconnected$.subscribe(resolve));
    const requests: string[] = [];
    page.browserPage.on('request', (request) => requests.push(request.url()));
    await page.close();
    expect(await gone).toMatchObject({ code: 1000, clean: true });
    expect(await page.state()).toBe('closed');
    // Only a WebSocket that never opened is asked after by HTTP.
    expect(requests).toEqual([]);
  });
});
