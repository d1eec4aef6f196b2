import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { SocketClient } from '../../src/client/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler, VersionHandler } from '../fixtures/handlers.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import type { RawPeer } from '../helpers/raw-peer.js';
import type { RawServer } from '../helpers/raw-server.js';

const HEART_BEAT = 25;
const RECONNECT = { baseDelay: 4, maxDelay: 32 };

const startApp = useApps();
const rawServers = useRawServers();

afterEach(() => {
  jest.restoreAllMocks();
});

describe('PROTOCOL.md, 7 Close codes', () => {
  it('R7.1: a bad peer loses its own connection and nothing else', async () => {
    const app = await startApp({ providers: [EchoHandler] });
    const [good, stranger, ...bad] = await Promise.all([
      authenticatedRaw(app),
      connectRaw(app),
      ...Array.from({ length: 4 }, () => authenticatedRaw(app)),
    ]);
    bad[0]!.sendFrame(Buffer.alloc(40));
    bad[1]!.sendMessage({ request: 'auth', data: {} });
    bad[2]!.sendMessage({ request: 'echo', data: 'x'.repeat(2 ** 20) });
    bad[3]!.socket.write(Buffer.from('ffffffff', 'hex'));
    const closed = await Promise.all(bad.map((client) => client.untilClosed()));
    expect(closed.map(({ code }) => code)).toEqual([4400, 4403, 1009, 1002]);
    expect(await good.request('echo', 1)).toMatchObject({ response: 1 });
    expect(await stranger.authenticate()).toHaveProperty('sessionKey');
    expect(app.server.clientMap.size).toBe(2);
  });
});

describe('PROTOCOL.md, 8 Limits', () => {
  const LIMIT = 256;

  it.each([
    [true, 28],
    [false, 0],
  ])(
    'R8.1: the size of a message is that of its payload, with encryption %s an envelope of %d bytes included',
    async (encryption, envelope) => {
      const options = { encryption, maxUnauthenticatedMessageSize: LIMIT };
      const app = await startApp({ providers: [VersionHandler], options });
      const client = await connectRaw(app);
      const head = JSON.stringify({ request: 'version', data: '' }).length;
      const data = 'x'.repeat(LIMIT - envelope - head);
      expect(await client.request('version', data)).toMatchObject({ response: '1.2.0' });
      expect(client.lastFrame('out')).toHaveLength(LIMIT);
      client.sendMessage({ request: 'version', data: `${data}x` });
      expect((await client.untilClosed()).code).toBe(1009);
    },
  );
});

describe('PROTOCOL.md, 9 Liveness: the server', () => {
  const options = { heartBeatInterval: HEART_BEAT };

  it.each([
    ['before auth', connectRaw],
    ['after auth', authenticatedRaw],
  ])('R9.1: pings a connection once per interval, %s', async (_when, connect) => {
    const app = await startApp({ options });
    const deaf = await connect(app, { answersPings: false });
    let pings = 0;
    deaf.webSocket.on('ping', () => pings++);
    await deaf.untilClosed();
    // In the first interval it was heard, in the second not, and at the end of the third it is cut.
    expect([1, 2]).toContain(pings);
  });

  it('R9.1: cuts a connection from which nothing at all came for two intervals', async () => {
    const app = await startApp({ options });
    const deaf = { answersPings: false };
    const [silent, talking] = await Promise.all([
      authenticatedRaw(app, deaf),
      authenticatedRaw(app, deaf),
    ]);
    talking.webSocket.on('ping', () => talking.sendMessage({ request: 'heartBeat' }));
    const gone = firstValueFrom(app.server.disconnected$);
    expect((await silent.untilClosed()).code).toBe(1006);
    expect((await gone).code).toBe(1006);
    await talking.roundTrip();
    expect(app.server.clientMap.size).toBe(1);
  });
});

/** Refuses, as `how` says, every auth but the first. */
async function refusing(how: (peer: RawPeer) => unknown): Promise<RawServer> {
  let isFirst = true;
  return rawServers.start({
    mode: 'ours',
    authorize: (_data, peer) => {
      if (!isFirst) void how(peer);
      const accepts = isFirst;
      isFirst = false;
      return accepts && 'success';
    },
  });
}

/** A client that was connected, lost that connection, and now comes back, or not. */
async function returning(server: RawServer, reconnect: object = RECONNECT): Promise<SocketClient> {
  const client = rawServers.client(server, { reconnect });
  await client.connect();
  const lost = once(client.events, 'disconnect');
  await server.authenticatedPeers[0]!.terminate();
  await lost;
  return client;
}

describe('PROTOCOL.md, 9 Liveness: the client', () => {
  it('R9.2: drops a connection whose heartBeat stays unanswered for two intervals', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { heartBeatInterval: HEART_BEAT, reconnect: false });
    await client.connect();
    await server.nextMessage('heartBeat');
    server.faults.ignoreHeartBeats = true;
    const gone = once(client.events, 'disconnect');
    await server.nextMessage('heartBeat');
    await gone;
    // It asked once, and then only waited.
    expect(server.received.unread.map(({ message }) => message.request)).toEqual(['auth']);
    expect(client.state).toBe('failed');
  });

  it.each([
    [0, [0, 0, 0, 0, 0]],
    [0.5, [2, 4, 8, 16, 16]],
    [0.999_999, [3, 7, 15, 31, 31]],
  ])(
    'R9.3: waits between 0 and a bound that doubles up to maxDelay (drawn: %d)',
    async (drawn, expected) => {
      jest.spyOn(Math, 'random').mockReturnValue(drawn);
      let drops = expected.length;
      const server = await refusing((peer) => drops-- > 1 && peer.terminate());
      const client = rawServers.client(server, { reconnect: RECONNECT });
      await client.connect();
      const delays: number[] = [];
      client.events.on('reconnecting', ({ delay }) => delays.push(delay));
      const over = once(client.events, 'reconnectFailed');
      await server.authenticatedPeers[0]!.terminate();
      await over;
      expect(delays).toEqual(expected);
    },
  );

  it('R9.4: authenticates anew, under a new session key', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server, { reconnect: RECONNECT });
    await client.connect();
    const back = once(client.events, 'reconnected');
    await server.authenticatedPeers[0]!.terminate();
    await back;
    const [first, second] = server.history;
    expect(second!.authenticated).toBe(true);
    expect(second!.key).not.toEqual(first!.key);
  });

  it('R9.4: rejects what was open when the connection went, and never repeats it', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    server.onRequest('never', () => new Promise(() => undefined));
    server.onRequest('echo', (data) => data);
    const client = rawServers.client(server, { reconnect: RECONNECT });
    await client.connect();
    const open = client.request('never');
    await server.nextMessage('never');
    const back = once(client.events, 'reconnected');
    await server.authenticatedPeers[0]!.terminate();
    await expect(open).rejects.toHaveProperty('code', 'CONNECTION_LOST');
    await back;
    expect(await client.request('echo', 'new')).toBe('new');
    const again = server.received.unread.filter(({ message }) => message.request === 'never');
    expect(again).toEqual([]);
  });

  it('R9.4: leaves one connection behind, however often it comes back', async () => {
    const app = await startApp({ providers: [EchoHandler] });
    const client = await app.connect({ reconnect: RECONNECT });
    for (let lost = 0; lost < 5; lost++) {
      const back = once(client.events, 'reconnected');
      const gone = firstValueFrom(app.server.disconnected$);
      for (const id of app.server.clientMap.keys()) app.server.disconnect(id, 1001);
      await Promise.all([back, gone]);
    }
    expect(app.server.clientMap.size).toBe(1);
    expect(await client.request('echo', 1)).toBe(1);
  });

  it('R9.5: stops for good when it closes itself', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: RECONNECT });
    await client.connect();
    const [peer] = server.history;
    client.close();
    expect((await peer!.untilClosed()).code).toBe(1000);
    expect(client.state).toBe('closed');
    expect(server.history).toHaveLength(1);
  });

  it.each([401, 403])(
    'R9.5: stops for good when the upgrade is refused with %d',
    async (status) => {
      const server = await rawServers.start();
      server.faults.refuseUpgradeWith = status;
      const client = rawServers.client(server, { reconnect: RECONNECT });
      await expect(client.connect()).rejects.toHaveProperty('code', 'AUTH_REJECTED');
      expect(client.state).toBe('failed');
    },
  );

  it.each([1000, 1005, 4400, 4401, 4403])(
    'R9.5: stops for good when it is closed with %d before auth was answered',
    async (code) => {
      const close = (peer: RawPeer) =>
        code === 1005 ? peer.webSocket.close() : peer.webSocket.close(code);
      const server = await refusing(close);
      const client = await returning(server);
      const [error] = await once(client.events, 'reconnectFailed');
      expect(error).toHaveProperty('code', 'AUTH_REJECTED');
      expect(client.state).toBe('failed');
      expect(server.history).toHaveLength(2);
    },
  );

  it.each([408, 425, 429, 500, 503])(
    'R9.6: tries again when the upgrade is refused with %d',
    async (status) => {
      const server = await rawServers.start();
      server.faults.refuseUpgradeWith = status;
      const client = rawServers.client(server, { reconnect: RECONNECT });
      const again = once(client.events, 'reconnecting');
      const connected = client.connect();
      await again;
      delete server.faults.refuseUpgradeWith;
      await connected;
      expect(client.state).toBe('connected');
    },
  );

  it.each([1001, 1006, 1011, 4408, 4429, 4503])(
    'R9.5: tries again when it is closed with %d before auth was answered',
    async (code) => {
      let attempts = 0;
      const server = await rawServers.start({
        mode: 'ours',
        authorize: (_data, peer) => {
          if (++attempts > 2) return 'success';
          if (code === 1006) void peer.terminate();
          else peer.webSocket.close(code);
          return false;
        },
      });
      const client = rawServers.client(server, { reconnect: RECONNECT });
      await client.connect();
      expect(attempts).toBe(3);
    },
  );
});
