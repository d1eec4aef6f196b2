import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, take } from 'rxjs';
import type { SocketClient } from '../../../src/client/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { useRawServers } from '../../fixtures/raw-servers.js';
import { AttackedServer } from '../support/attacked-server.js';

const HEART_BEAT = 20;

const startApp = useApps();
const rawServers = useRawServers();
const cleanUp = useCleanUp();

/** A server that lets connections in and drops them before auth, so many at first. */
async function serverThatDrops(count: number) {
  let drops = count;
  const server = await rawServers.start({
    authorize: (_data, peer) => {
      if (drops-- <= 0) return 'success';
      void peer.terminate();
      return false;
    },
  });
  return { server, dropNext: (next: number) => void (drops = next) };
}

describe('finding 15: a peer dies without a word', () => {
  it('is cut by the server after two silent intervals, authenticated or not', async () => {
    const app = await startApp({ options: { heartBeatInterval: HEART_BEAT } });
    const gone = lastValueFrom(app.server.disconnected$.pipe(take(2)));
    const deaf = { answersPings: false };
    const [stranger, peer] = await Promise.all([
      connectRaw(app, deaf),
      authenticatedRaw(app, deaf),
    ]);
    let pings = 0;
    peer.webSocket.on('ping', () => pings++);
    expect((await peer.untilClosed()).code).toBe(1006);
    expect((await stranger.untilClosed()).code).toBe(1006);
    expect([1, 2]).toContain(pings);
    await gone;
    expect(app.server.clientMap.size).toBe(0);
    expect(app.server.stats()).toMatchObject({
      connections: 0,
      refused: { maxMissedHeartBeats: 2 },
    });
  });

  it('is told by the server from one that is only quiet', async () => {
    const app = await startApp({ options: { heartBeatInterval: HEART_BEAT } });
    const quiet = await authenticatedRaw(app);
    const dead = await authenticatedRaw(app, { answersPings: false });
    await dead.untilClosed();
    await quiet.roundTrip();
    expect(app.server.clientMap.size).toBe(1);
  });

  it('is left by the client after two intervals without an answer, which then comes back', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { heartBeatInterval: HEART_BEAT });
    await client.connect();
    const back = once(client.events, 'reconnected');
    server.faults.ignoreHeartBeats = true;
    await once(client.events, 'disconnect');
    server.faults.ignoreHeartBeats = false;
    await back;
    expect(server.history.length).toBeGreaterThan(1);
  });

  it('is left by the client when it was stopped in its tracks, sockets and all', async () => {
    const server = await AttackedServer.start();
    cleanUp(() => server.stop());
    const reconnect = { baseDelay: 10, maxDelay: 50 };
    const client = await server.connect({ heartBeatInterval: 300, connectTimeout: 500, reconnect });
    const gone = once(client.events, 'disconnect');
    server.process.freeze();
    await gone;
    const back = once(client.events, 'reconnected');
    server.process.thaw();
    await back;
    expect(await client.request('echo', 'again')).toBe('again');
    // What it left behind is gone as soon as the server reads again.
    expect(await server.clientIds()).toHaveLength(1);
  });
});

describe('finding 18: a client hammers the server for ever', () => {
  const reconnect = { baseDelay: 4, maxDelay: 32 };

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The longest delay each time, instead of a random one. */
  function withoutJitter(): void {
    jest.spyOn(Math, 'random').mockReturnValue(0.999_999);
  }

  function delaysOf(client: SocketClient): number[] {
    const delays: number[] = [];
    client.events.on('reconnecting', ({ delay }) => delays.push(delay + 1));
    return delays;
  }

  it('connect() rejects on a wrong key, and the client does not try again', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server, { authKey: 'another-key-of-some-length' });
    const delays = delaysOf(client);
    await expect(client.connect()).rejects.toHaveProperty('code', 'AUTH_REJECTED');
    expect(client.state).toBe('failed');
    expect(delays).toEqual([]);
    expect(server.history).toHaveLength(1);
  });

  it('stops when its key is rejected on the way back, too', async () => {
    let accepts = true;
    const server = await rawServers.start({ mode: 'ours', authorize: () => accepts && 'success' });
    const client = rawServers.client(server, { reconnect });
    await client.connect();
    accepts = false;
    const failed = once(client.events, 'reconnectFailed');
    await server.history[0]!.terminate();
    expect(await failed).toMatchObject([{ code: 'AUTH_REJECTED' }]);
    expect(server.history).toHaveLength(2);
  });

  it('waits longer each time that a server opens the connection and drops it before auth', async () => {
    withoutJitter();
    const { server } = await serverThatDrops(6);
    const client = rawServers.client(server, { reconnect });
    const delays = delaysOf(client);
    await client.connect();
    expect(delays).toEqual([4, 8, 16, 32, 32, 32]);
  });

  it('starts over at the base delay only once it has authenticated', async () => {
    withoutJitter();
    const { server, dropNext } = await serverThatDrops(0);
    const client = rawServers.client(server, { reconnect });
    await client.connect();
    const delays = delaysOf(client);
    for (let lost = 0; lost < 2; lost++) {
      dropNext(2);
      const back = once(client.events, 'reconnected');
      await server.authenticatedPeers[0]!.terminate();
      await back;
    }
    expect(delays).toEqual([4, 8, 16, 4, 8, 16]);
  });

  it('comes back at a random moment, so that a fleet does not come back at once', async () => {
    const server = await rawServers.start();
    const fleet = Array.from({ length: 20 }, () =>
      rawServers.client(server, { reconnect: { baseDelay: 1_000 } }),
    );
    await Promise.all(fleet.map((client) => client.connect()));
    const delays = fleet.map(async (client) => {
      const [{ delay }] = (await once(client.events, 'reconnecting')) as [{ delay: number }];
      return delay;
    });
    await server.stop();
    const drawn = await Promise.all(delays);
    expect(new Set(drawn).size).toBeGreaterThan(10);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1_000);
  });
});
