import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SharedKeyAuthHandler, SkipAuth, SocketHandler } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import type { RawClient } from '../helpers/raw-client.js';

const WORKERS = 20;
const LIMIT = 10;
const RETRY = 1_500;
const TICK = 500;
const MINUTE = 60_000;
const OLD_KEY = 'the key of last year';
const VERDICTS = [4400, 4401];

const startApp = useApps();

// Time is the test's: only what the network does is waited for.
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  jest.useRealTimers();
});

@SkipAuth()
@SocketHandler('auth')
class CountingAuthHandler extends SharedKeyAuthHandler {
  static readonly refusedAt: number[] = [];

  override server(data: unknown, client: { meta: Record<string, unknown> }) {
    const result = super.server(data, client);
    if (!result) CountingAuthHandler.refusedAt.push(performance.now());
    return result;
  }
}

/** Peers with a wrong key, and when each was told so. */
class Strangers {
  readonly toldAt: number[] = [];
  private readonly open = new Set<RawClient>();

  constructor(private readonly app: SocketsTestApp) {}

  get waiting(): number {
    return this.open.size;
  }

  async try(authKey: string): Promise<void> {
    const peer = await connectRaw(this.app, { authKey });
    this.open.add(peer);
    void peer.untilClosed().then(({ code }) => {
      this.open.delete(peer);
      if (VERDICTS.includes(code)) this.toldAt.push(performance.now());
    });
    peer.sendMessage({ request: 'auth', data: { authKey } });
    // What is waited for is that the server has read it.
    await peer.roundTrip().catch(() => undefined);
  }
}

function mostInOneMinute(times: readonly number[]): number {
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length);
  return Math.max(0, ...counts);
}

async function comeBack(app: SocketsTestApp, worker: RawClient): Promise<RawClient> {
  await worker.terminate();
  return authenticatedRaw(app);
}

describe('a fleet behind one address, where one worker has an old key', () => {
  it('loses no honest connection in three minutes, though that one retries every 1.5 s for ever', async () => {
    const app = await startApp({ options: { heartBeatInterval: Infinity } });
    const strangers = new Strangers(app);
    let fleet = await Promise.all(Array.from({ length: WORKERS }, () => authenticatedRaw(app)));
    for (let time = 0; time < 3 * MINUTE; time += RETRY) {
      await strangers.try(OLD_KEY);
      const [first, ...others] = fleet;
      fleet = [...others, await comeBack(app, first!)];
      if (time % 45_000 === 0) fleet = await Promise.all(fleet.map((it) => comeBack(app, it)));
      await jest.advanceTimersByTimeAsync(RETRY);
    }
    await Promise.all(fleet.map((worker) => worker.roundTrip()));
    expect(app.server.clientMap.size).toBe(WORKERS);
    expect(mostInOneMinute(strangers.toldAt)).toBe(LIMIT);
    expect(app.server.stats().refused).not.toHaveProperty('maxUnauthenticatedConnectionsPerIp');
  });

  it('is let in without encryption too, one at a time, within the time that a client waits', async () => {
    const options = { heartBeatInterval: Infinity, encryption: false };
    const app = await startApp({ options });
    const strangers = new Strangers(app);
    const waiting = new Map<RawClient, number>();
    let longest = 0;
    for (let tick = 0; tick < (3 * MINUTE) / TICK; tick++) {
      // As the original does: the next attempt comes when the last one was answered.
      if (tick % 3 === 0 && strangers.waiting === 0) await strangers.try(OLD_KEY);
      if (tick % 4 === 0) waiting.set(await startToAuthenticate(app), performance.now());
      await jest.advanceTimersByTimeAsync(TICK);
      for (const [worker, since] of waiting) {
        await worker.roundTrip();
        if (!worker.authenticated) continue;
        longest = Math.max(longest, performance.now() - since);
        waiting.delete(worker);
        await worker.terminate();
      }
    }
    expect(longest).toBeLessThanOrEqual(MINUTE / LIMIT + TICK);
    expect(strangers.toldAt.length).toBeGreaterThan(2 * LIMIT);
  });
});

async function startToAuthenticate(app: SocketsTestApp): Promise<RawClient> {
  const worker = await connectRaw(app);
  worker.sendMessage({ request: 'auth', data: { authKey: AUTH_KEY } });
  return worker;
}

describe('who guesses keys from the address of a fleet', () => {
  it.each([true, false])(
    'is told of ten wrong ones a minute, however many it tries, encryption %s',
    async (encryption) => {
      CountingAuthHandler.refusedAt.length = 0;
      const options = { heartBeatInterval: Infinity, encryption };
      const app = await startApp({ auth: CountingAuthHandler, options });
      const strangers = new Strangers(app);
      for (let time = 0; time < 3 * MINUTE; time += RETRY) {
        for (let guess = 0; guess < 5; guess++) await strangers.try('one of many guesses');
        if (encryption) await (await authenticatedRaw(app)).terminate();
        await jest.advanceTimersByTimeAsync(RETRY);
      }
      expect(mostInOneMinute(strangers.toldAt)).toBeLessThanOrEqual(LIMIT);
      expect(CountingAuthHandler.refusedAt.length).toBeLessThanOrEqual(encryption ? 0 : 4 * LIMIT);
    },
  );
});

describe('a fleet that comes back in one instant', () => {
  it('is let in as places become free, though it is larger than the limit of its address', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: 10 } });
    await Promise.all(Array.from({ length: 100 }, () => authenticatedRaw(app)));
    expect(app.server.clientMap.size).toBe(100);
    expect(app.server.stats().refused).toEqual({});
  });
});
