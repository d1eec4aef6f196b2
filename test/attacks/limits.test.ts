import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, take } from 'rxjs';
import { DEFAULT_LIMITS, type SocketsOptions } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import {
  EchoHandler,
  QuietHandler,
  SlowHandler,
  StreamHandlers,
  VersionHandler,
} from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';
import { RoomClient, RoomHandlers } from '../fixtures/rooms.js';
import { askForUpgrade } from '../fixtures/upgrade.js';
import { UpgradeRefusedError, type RawClient } from '../helpers/raw-client.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';
import { doNotRead, LIMIT_CASES, type LimitCase } from './support/limit-cases.js';

const LINES_IN_TEN_SECONDS = 5;
const TIMES = LINES_IN_TEN_SECONDS + 2;

const startApp = useApps();
const log = useLog();

function start(options: SocketsOptions): Promise<SocketsTestApp> {
  const providers = [EchoHandler, QuietHandler, SlowHandler, StreamHandlers, VersionHandler];
  return startApp({ options, providers });
}

/** The peer, or the status with which its upgrade was refused. */
async function attempt(running: Promise<RawClient>): Promise<RawClient | number> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof UpgradeRefusedError) return error.statusCode;
    throw error;
  }
}

/** Runs into the limit once, and resolves with what the log says and what the peer is told. */
async function runInto(limitCase: LimitCase, app: SocketsTestApp) {
  const { limit, named = limit } = limitCase;
  const line = log.next(new RegExp(`\\blimit=${named}\\b`));
  const peer = await attempt(limitCase.exceed(app));
  const entry = await line;
  if (typeof peer === 'number') return { entry, told: peer };
  // Who does not read is told as soon as it does.
  peer.resume();
  return { entry, told: (await peer.untilClosed()).code };
}

describe.each(LIMIT_CASES)('The limit $limit', (limitCase) => {
  const { limit, low, off = Infinity, named = limit, outcome } = limitCase;

  it('names itself and the connection in the log, tells the peer why, and counts it', async () => {
    const app = await start(low);
    const { entry, told } = await runInto(limitCase, app);
    const who = told < 1_000 ? '' : ' client=\\d+';
    expect(entry).toMatch(new RegExp(`^limit=${named}${who} ip="127.0.0.1" outcome="`));
    expect(entry).toMatch(outcome);
    expect(limitCase.told).toContain(told);
    expect(app.server.stats().refused).toHaveProperty(named, 1);
  });

  it('writes a bounded number of lines, and still counts every time', async () => {
    const app = await start(low);
    const gone = lastValueFrom(app.server.disconnected$.pipe(take(TIMES)));
    const attempts = Array.from({ length: TIMES }, () => attempt(limitCase.exceed(app)));
    const peers = await Promise.all(attempts);
    if (peers.some((peer) => typeof peer !== 'number')) await gone;
    expect(app.server.stats().refused).toHaveProperty(named, TIMES);
    expect(log.matching(new RegExp(`\\blimit=${named}\\b`))).toHaveLength(LINES_IN_TEN_SECONDS);
  });

  it(`is turned off by ${off}`, async () => {
    const [without, control] = [await start({ ...low, [limit]: off }), await start(low)];
    const peer = await limitCase.exceed(without);
    // By the time that it has acted elsewhere, it would have acted here.
    await runInto(limitCase, control);
    peer.resume();
    await peer.roundTrip();
    expect(without.server.stats().refused).not.toHaveProperty(named);
  });
});

describe('The limit sendHighWaterMark under the policy drop', () => {
  it('logs and counts the pushes that are lost, and lets the peer stay', async () => {
    const low = { slowConsumerPolicy: 'drop', sendHighWaterMark: 65_536 } as const;
    const app = await start({ ...low, sendHardCap: Infinity });
    const peer = await doNotRead(app);
    const [client] = app.server.clientMap.values();
    expect(client!.dropped).toBeGreaterThan(0);
    expect(app.server.stats()).toMatchObject({ dropped: client!.dropped, refused: {} });
    const line = `limit=sendHighWaterMark client=${client!.id} ip="127.0.0.1" outcome="dropped"`;
    expect(log.entries.filter((entry) => entry === line)).toHaveLength(LINES_IN_TEN_SECONDS);
    peer.resume();
    await client!.whenReady();
    expect(app.server.broadcast('news', 'again')).toBe(1);
    await peer.nextMatching(({ data }) => data === 'again', 'the first push after the pause');
  });
});

describe('The limit maxStreams', () => {
  async function openStreams(app: SocketsTestApp, count: number): Promise<RawClient> {
    const peer = await authenticatedRaw(app);
    for (let id = 0; id < count; id++) peer.sendMessage({ request: 'slow', id, stream: true });
    await peer.roundTrip();
    return peer;
  }

  const unlimited = { maxHandlersInFlight: Infinity, shutdownTimeout: 1 };

  it('names itself and the connection in the log, answers the one too many, and counts it', async () => {
    const app = await start({ ...unlimited, maxStreams: 1 });
    const peer = await openStreams(app, 1 + TIMES);
    for (let id = 1; id <= TIMES; id++) {
      expect(await peer.next()).toMatchObject({ id, error: { code: 'TOO_MANY_STREAMS' } });
    }
    expect(app.server.stats().refused).toEqual({ maxStreams: TIMES });
    const line = /^limit=maxStreams client=\d+ ip="127.0.0.1" outcome="/;
    expect(log.matching(line)).toHaveLength(LINES_IN_TEN_SECONDS);
  });

  it('is turned off by Infinity', async () => {
    const peer = await openStreams(await start({ ...unlimited, maxStreams: Infinity }), 100);
    expect(peer.received.unread).toEqual([]);
  });
});

describe('The limit maxStreamBacklog', () => {
  async function overflow(app: SocketsTestApp, count: number): Promise<RawClient> {
    const peer = await authenticatedRaw(app);
    for (let id = 1; id <= TIMES; id++) {
      peer.sendMessage({ request: 'countTo', id, data: count, stream: true, credit: 1 });
    }
    await peer.roundTrip();
    return peer;
  }

  it('names itself and the connection in the log, ends the stream, and counts it', async () => {
    const app = await start({ maxStreamBacklog: 2 });
    const peer = await overflow(app, 4);
    const errors = peer.received.unread.filter(({ error }) => error !== undefined);
    expect(errors).toHaveLength(TIMES);
    expect(errors[0]).toMatchObject({ error: { code: 'STREAM_OVERFLOW' } });
    expect(app.server.stats().refused).toEqual({ maxStreamBacklog: TIMES });
    const line = /^limit=maxStreamBacklog client=\d+ ip="127.0.0.1" outcome="/;
    expect(log.matching(line)).toHaveLength(LINES_IN_TEN_SECONDS);
  });

  it('is turned off by Infinity', async () => {
    const peer = await overflow(await start({ maxStreamBacklog: Infinity }), 20_000);
    expect(peer.received.unread.filter(({ error }) => error !== undefined)).toEqual([]);
  });
});

// Only handlers join clients: whoever asked hears INTERNAL, and the log says which limit it was.
describe.each([
  { limit: 'maxRoomsPerClient', says: 'is in 2 rooms' },
  { limit: 'maxRooms', says: 'There are 2 rooms' },
])('The limit $limit', ({ limit, says }) => {
  const others = { maxRooms: Infinity, maxRoomsPerClient: Infinity };

  async function joinRooms(value: number, count: number): Promise<RoomClient> {
    const app = await startApp({
      providers: [RoomHandlers],
      options: { ...others, [limit]: value },
    });
    const member = await RoomClient.connect(app);
    for (let room = 0; room < count; room++) await member.join(`room:${room}`);
    return member;
  }

  it('names itself in the log, and in the error that join() throws; nothing else changes', async () => {
    const member = await joinRooms(2, 2);
    await expect(member.join('room:3')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(log.matching(new RegExp(`${says}.*"${limit}"`))).toHaveLength(1);
    expect(await member.client.request('leave', 'room:0')).toEqual(['room:1']);
    expect(await member.join('room:3')).toEqual(['room:1', 'room:3']);
  });

  it('is turned off by Infinity', async () => {
    expect(await (await joinRooms(Infinity, 2_000)).join('one-more')).toHaveLength(2_001);
  });
});

describe('The limit maxHandshakesPerSecond', () => {
  /** Says hello in version 2 as often as given, all within one second. */
  async function sayHello({ port }: SocketsTestApp, count: number): Promise<number[]> {
    const hello = { 'Sec-WebSocket-Protocol': 'nestjs-sockets.v2, hello.AQAA' };
    const answers = Array.from({ length: count }, () => askForUpgrade(port, hello));
    return (await Promise.all(answers)).map(({ status }) => status);
  }

  // So that nobody can wait for the next second.
  const unlimited = { maxAuthFailuresPerMinute: Infinity, authTimeout: 100 };

  it('names itself and the address in the log, answers HTTP 503, and counts it', async () => {
    const app = await start({ ...unlimited, maxHandshakesPerSecond: 1 });
    const statuses = await sayHello(app, 1 + TIMES);
    expect(statuses.toSorted()).toEqual([401, ...Array.from({ length: TIMES }, () => 503)]);
    expect(app.server.stats().refused).toMatchObject({ maxHandshakesPerSecond: TIMES });
    const line = /^limit=maxHandshakesPerSecond ip="127.0.0.1" outcome="HTTP 503"/;
    expect(log.matching(line)).toHaveLength(LINES_IN_TEN_SECONDS);
  });

  it('has those beyond it wait for the next second, where there is time for that', async () => {
    const app = await start({ maxAuthFailuresPerMinute: Infinity, maxHandshakesPerSecond: 10 });
    const startedAt = performance.now();
    expect(await sayHello(app, 25)).toEqual(Array.from({ length: 25 }, () => 401));
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    expect(app.server.stats().refused).toEqual({ badHello: 25 });
  });

  it('is turned off by Infinity', async () => {
    const app = await start({ ...unlimited, maxHandshakesPerSecond: Infinity });
    const statuses = await sayHello(app, 50);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(app.server.stats().refused).toEqual({ badHello: 50 });
  });
});

describe.each([
  { limit: 'maxHandlersInFlight', low: 2, bytes: 1, beyondDefault: 200 },
  { limit: 'maxBytesInFlight', low: 2_000, bytes: 1_000, beyondDefault: 5_000 },
])('The limit $limit', ({ limit, low, bytes, beyondDefault }) => {
  const bounds = { maxHandlersInFlight: Infinity, maxBytesInFlight: Infinity, shutdownTimeout: 1 };

  /** Sends requests to a handler that does not answer, and waits until so many of them run. */
  async function pipeline(app: SocketsTestApp, count: number, untilRunning: number) {
    const running: unknown[] = [];
    const started = app.app.get(SlowHandler).started$;
    started.subscribe((data) => running.push(data));
    const enough = lastValueFrom(started.pipe(take(untilRunning)));
    const [peer, other] = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    const data = 'x'.repeat(bytes);
    for (let id = 0; id < count; id++) peer.sendMessage({ request: 'slow', id, data });
    await withDeadline(enough, DEFAULT_DEADLINE, `${untilRunning} handlers in flight`);
    // Sent later, so by then the others were read, or are not read at all.
    for (let turn = 0; turn < 5; turn++) await other.request('echo', turn);
    return { peer, running };
  }

  it('makes the others wait, so there is nothing to tell, to log or to count', async () => {
    const app = await start({ ...bounds, [limit]: low });
    const { peer, running } = await pipeline(app, 10, 2);
    expect(running).toHaveLength(2);
    for (let id = 0; id < 10; id++) {
      app.app.get(SlowHandler).answer(`answer ${id}`);
      expect(await peer.next()).toEqual({ request: 'slow', id, response: `answer ${id}` });
    }
    expect(running).toHaveLength(10);
    expect(app.server.stats().refused).toEqual({});
    expect(log.matching(/limit=/)).toEqual([]);
  });

  it('is turned off by Infinity', async () => {
    const { running } = await pipeline(await start(bounds), beyondDefault, beyondDefault);
    expect(running).toHaveLength(beyondDefault);
  });
});

describe('The limit shutdownTimeout', () => {
  async function closing(shutdownTimeout: number) {
    const app = await start({ shutdownTimeout });
    const started = firstValueFrom(app.app.get(SlowHandler).started$);
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'slow' });
    await started;
    return { app, peer, closed: app.server.close() };
  }

  it('names itself in the log with the number of handlers, and closes with 1001', async () => {
    const { peer, closed } = await closing(20);
    expect((await peer.untilClosed()).code).toBe(1001);
    await closed;
    expect(log.matching(/1 handlers .* 20 ms .*shutdownTimeout/)).toHaveLength(1);
  });

  it('is turned off by Infinity: the last handler is waited for', async () => {
    const { app, peer, closed } = await closing(Infinity);
    await (
      await closing(20)
    ).closed;
    app.app.get(SlowHandler).answer('at last');
    expect(await peer.next()).toMatchObject({ response: 'at last' });
    await closed;
    expect((await peer.untilClosed()).code).toBe(1001);
  });
});

it('Every limit is tested here', () => {
  const others = [
    'maxHandshakesPerSecond',
    'maxHandlersInFlight',
    'maxBytesInFlight',
    'maxStreams',
    'maxStreamBacklog',
    'shutdownTimeout',
    'maxRooms',
    'maxRoomsPerClient',
  ];
  const tested = [...LIMIT_CASES.map(({ limit }) => limit), ...others];
  expect(tested.toSorted()).toEqual(Object.keys(DEFAULT_LIMITS).toSorted());
});
