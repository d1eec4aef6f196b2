import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { firstValueFrom, skip } from 'rxjs';
import { SkipAuth, SocketHandler, type SocketsOptions } from '../../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { deferred } from '../../fixtures/deferred.js';
import {
  EchoHandler,
  QuietHandler,
  RecordHandler,
  SlowHandler,
  VersionHandler,
} from '../../fixtures/handlers.js';
import { askForUpgrade } from '../../fixtures/upgrade.js';
import { WebSocket } from 'ws';
import { rawFrame } from '../support/raw-frame.js';
import { RawSocket } from '../support/raw-socket.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const ENVELOPE = 28;

const startApp = useApps();

async function start(options: SocketsOptions = {}) {
  const providers = [EchoHandler, QuietHandler, RecordHandler, SlowHandler, VersionHandler];
  const app = await startApp({ providers, options });
  return { app, server: app.server, calls: app.app.get(RecordHandler).calls };
}

/** A request whose sealed message has so many bytes. */
function requestOf(bytes: number, request: string): object {
  const rest = ENVELOPE + JSON.stringify({ request, data: '' }).length;
  return { request, data: 'x'.repeat(bytes - rest) };
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('finding 10: a peer sends messages that are too large or too deep', () => {
  it('is closed with 1009 past 4 KiB before it has authenticated', async () => {
    const { app } = await start();
    const peer = await connectRaw(app);
    peer.sendMessage(requestOf(4 * KIB, 'version'));
    expect(await peer.next()).toMatchObject({ response: '1.2.0' });
    peer.sendMessage(requestOf(4 * KIB + 1, 'version'));
    expect((await peer.untilClosed()).code).toBe(1009);
  });

  it('is closed with 1009 past 1 MiB after that', async () => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    peer.sendMessage(requestOf(MIB, 'record'));
    expect(await peer.next()).toMatchObject({ response: 'recorded' });
    peer.sendMessage(requestOf(MIB + 1, 'record'));
    expect((await peer.untilClosed()).code).toBe(1009);
    expect(calls).toHaveLength(1);
  });

  it.each([101 * MIB, 2 ** 31, 2 ** 53])(
    'is closed when it announces %d bytes, before it sends any of them',
    async (announcedLength) => {
      const { app } = await start();
      const peer = await RawSocket.open(app.port);
      peer.write(rawFrame({ announcedLength }));
      expect(await peer.untilEnded()).toBe(1009);
    },
  );

  it.each([
    ['before it has authenticated', false, 1_500],
    ['after that', true, 500_000],
  ])('is closed when it sends deep JSON %s, without parsing it', async (_when, after, depth) => {
    const { app } = await start();
    const peer = await (after ? authenticatedRaw(app) : connectRaw(app));
    const parse = jest.spyOn(JSON, 'parse');
    peer.sendFrame(peer.sealText(`{"request":"auth","data":${nested(depth)}}`));
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(parse.mock.calls.filter(([text]) => text.includes('[['))).toEqual([]);
    parse.mockRestore();
  });
});

describe('finding 12: strangers hold connections, or guess keys', () => {
  it.each([
    ['says nothing', []],
    ['asks for what is open to everyone', [{ request: 'version' }]],
    ['waits for its auth', [{ request: 'auth', data: {} }]],
  ])('one that %s is closed with 4408 after the auth timeout', async (_what, messages) => {
    @SkipAuth()
    @SocketHandler('auth')
    class UndecidedAuthHandler {
      readonly decision = deferred<unknown>();

      server() {
        return this.decision.promise;
      }
    }

    const auth = UndecidedAuthHandler;
    const app = await startApp({ auth, providers: [VersionHandler], options: { authTimeout: 50 } });
    const peer = await connectRaw(app);
    for (const message of messages) peer.sendMessage(message);
    await peer.roundTrip();
    expect((await peer.untilClosed()).code).toBe(4408);
    app.app.get(UndecidedAuthHandler).decision.resolve('success');
    await connectRaw(app);
    expect(app.server.clientMap.size).toBe(0);
  });

  it('one that does not even ask for an upgrade is cut after the auth timeout', async () => {
    const { app } = await start({ authTimeout: 50 });
    const socket = connect(app.port, '127.0.0.1').resume();
    await once(socket, 'close');
    expect(app.server.stats().connections).toBe(0);
  });

  it('the 101st of an address waits until one leaves or authenticates', async () => {
    const { app, server } = await start();
    const peers = [];
    for (let count = 0; count < 100; count++) peers.push(await connectRaw(app));
    const [first, second] = [connectRaw(app), connectRaw(app)];
    expect(server.stats().connections).toBe(100);
    await peers[0]!.authenticate();
    await Promise.race([first, second]);
    const gone = firstValueFrom(server.disconnected$);
    await peers[1]!.terminate();
    await gone;
    await Promise.all([first, second]);
    expect(server.stats().refused).toEqual({});
  });

  it('one more than the server takes in all is refused with 503', async () => {
    const { app } = await start({ maxConnections: 3 });
    for (let count = 0; count < 3; count++) await authenticatedRaw(app);
    await expect(connectRaw(app)).rejects.toHaveProperty('statusCode', 503);
  });

  it.each(['maxUnauthenticatedConnections', 'maxUnauthenticatedConnectionsPerIp'])(
    'past %s ten wait for each place, and more are refused with 429',
    async (limit) => {
      const { app } = await start({ [limit]: 3 });
      const attempts = Array.from({ length: 34 }, () => connectRaw(app));
      await expect(Promise.all(attempts)).rejects.toHaveProperty('statusCode', 429);
      expect(app.server.stats()).toMatchObject({ connections: 3, refused: { [limit]: 1 } });
    },
  );

  it('one that waits for a place in vain is refused with 429 after the auth timeout', async () => {
    const { app } = await start({ maxUnauthenticatedConnectionsPerIp: 1, authTimeout: 200 });
    const [first] = await Promise.all([authenticatedRaw(app), connectRaw(app)]);
    const late = await Promise.allSettled([connectRaw(app), connectRaw(app), connectRaw(app)]);
    const statuses = late.map((one) => (one.status === 'rejected' ? one.reason.statusCode : 101));
    expect(statuses).toContain(429);
    await first.roundTrip();
  });

  it('an address that guessed 10 keys hears of no more, and who has the key is let in', async () => {
    const { app } = await start();
    const honest = await authenticatedRaw(app);
    for (let guess = 0; guess < 10; guess++) {
      const peer = await connectRaw(app);
      const guessed = peer.authenticate(`guess number ${guess} or so`);
      await expect(guessed).rejects.toHaveProperty('code', 4401);
    }
    const guesser = await connectRaw(app);
    guesser.sendMessage({ request: 'auth', data: { authKey: 'guess number 10 or so' } });
    await guesser.roundTrip();
    expect(app.server.stats().refused).toHaveProperty('maxAuthFailuresPerMinute', 1);
    expect(guesser.webSocket.readyState).toBe(WebSocket.OPEN);
    expect(await honest.request('echo', 1)).toMatchObject({ response: 1 });
    expect(await (await authenticatedRaw(app)).request('echo', 2)).toMatchObject({ response: 2 });
  });
});

describe('finding 12: somebody with many addresses', () => {
  const limited = { maxConnectionsPerIp: 1, port: 'http' } as const;

  /** Lets the header say where a connection comes from. */
  function trustAddresses(app: INestApplication): void {
    (app.getHttpServer() as Server).prependListener('upgrade', ({ headers }, socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: headers['x-address'] });
    });
  }

  it.each([
    ['192.0.2.1', '192.0.2.2', 101],
    ['192.0.2.1', '::ffff:192.0.2.1', 429],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', 429],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', 101],
  ])('of %s and then %s gets %d', async (first, second, status) => {
    const app = await startApp({ options: limited, configure: trustAddresses });
    const occupant = await connectRaw(app, { headers: { 'X-Address': first } });
    expect((await askForUpgrade(app.port, { 'X-Address': second })).status).toBe(status);
    await occupant.terminate();
  });
});

describe('finding 20: a peer sends requests faster than they are handled', () => {
  it('has 64 in flight at most; the others wait, none is lost, each gets its own reply', async () => {
    const { app } = await start();
    const handler = app.app.get(SlowHandler);
    const inFlight: unknown[] = [];
    handler.started$.subscribe((data) => inFlight.push(data));
    const full = firstValueFrom(handler.started$.pipe(skip(63)));
    const [client, other] = await Promise.all([app.connect(), app.connect()]);
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const replies = Promise.all(numbers.map((number) => client.request('slow', number)));
    await full;
    for (let turn = 0; turn < 5; turn++) await other.request('echo', turn);
    expect(inFlight).toHaveLength(64);
    handler.started$.subscribe(() => setImmediate(() => handler.answer(inFlight.shift())));
    for (let count = 0; count < 64; count++) handler.answer(inFlight.shift());
    expect(await replies).toEqual(numbers);
  });

  it('gets replies that come out of order under the ids of its requests', async () => {
    const { app } = await start();
    const handler = app.app.get(SlowHandler);
    const client = await app.connect();
    const started = firstValueFrom(handler.started$);
    const slow = client.request('slow');
    await started;
    expect(await client.request('echo', 'fast')).toBe('fast');
    handler.answer('slow');
    expect(await slow).toBe('slow');
  });

  it('is closed with 4429 past the rate limit, where there is one', async () => {
    const { app, calls } = await start({ maxMessagesPerSecond: 10 });
    const peer = await authenticatedRaw(app);
    for (let count = 0; count < 30; count++) peer.sendMessage({ request: 'record', data: count });
    expect((await peer.untilClosed()).code).toBe(4429);
    expect(calls.length).toBeLessThan(30);
  });
});
