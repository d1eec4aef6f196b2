import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SocketsLimits, SocketsOptions } from '../../../src/index.js';
import type { SocketsTestApp } from '../../../src/testing/index.js';
import { authenticatedRaw, connectRaw } from '../../fixtures/apps.js';
import type { RawClient } from '../../helpers/raw-client.js';

const KIB = 1024;
// More than the kernel takes for a peer that does not read.
const PUSHES = 48;
const PUSH = 'x'.repeat(256 * KIB);
const SLOW = { sendHighWaterMark: 64 * KIB, sendHardCap: Infinity, slowConsumerTimeout: 20 };

/** How one peer runs into one limit. Each goes further than the limit's default allows. */
export interface LimitCase {
  readonly limit: keyof SocketsLimits;
  /** Low enough to act at once. */
  readonly low: SocketsOptions;
  /** The value that turns it off. @default Infinity */
  readonly off?: number;
  /** The word for it in log and statistics. @default limit */
  readonly named?: string;
  /** How the log says what happened. */
  readonly outcome: RegExp;
  /** The close codes or HTTP statuses that tell the peer; 1006 where it is cut, being deaf. */
  readonly told: readonly number[];
  /** Resolves with the peer, or rejects where its upgrade is refused. */
  exceed(app: SocketsTestApp): Promise<RawClient>;
}

export const LIMIT_CASES: readonly LimitCase[] = [
  {
    limit: 'authTimeout',
    low: { authTimeout: 30 },
    outcome: /close 4408/,
    told: [4408],
    exceed: connectRaw,
  },
  {
    limit: 'maxUnauthenticatedMessageSize',
    low: { maxUnauthenticatedMessageSize: 128 },
    outcome: /close 1009/,
    told: [1009],
    async exceed(app) {
      const peer = await connectRaw(app);
      peer.sendMessage({ request: 'version', data: 'x'.repeat(5 * KIB) });
      return peer;
    },
  },
  {
    limit: 'maxMessageSize',
    low: { maxMessageSize: 128 },
    outcome: /close 1009/,
    told: [1009],
    async exceed(app) {
      const peer = await authenticatedRaw(app);
      peer.sendMessage({ request: 'quiet', data: 'x'.repeat(1_100 * KIB) });
      return peer;
    },
  },
  {
    limit: 'maxUnauthenticatedMessages',
    low: { maxUnauthenticatedMessages: 2 },
    outcome: /close 4429/,
    told: [4429],
    async exceed(app) {
      const peer = await connectRaw(app);
      for (let count = 0; count < 25; count++) peer.sendMessage({ request: 'version' });
      return peer;
    },
  },
  {
    limit: 'maxJsonDepth',
    low: { maxJsonDepth: 8 },
    outcome: /close 4400/,
    told: [4400],
    async exceed(app) {
      const peer = await authenticatedRaw(app);
      peer.sendFrame(peer.sealText(`{"request":"quiet","data":${nested(100)}}`));
      return peer;
    },
  },
  {
    limit: 'maxMessagesPerSecond',
    low: { maxMessagesPerSecond: 5 },
    outcome: /close 4429/,
    told: [4429],
    async exceed(app) {
      const peer = await authenticatedRaw(app);
      for (let count = 0; count < 20; count++) peer.sendMessage({ request: 'quiet' });
      return peer;
    },
  },
  {
    limit: 'maxConnections',
    low: { maxConnections: 1 },
    outcome: /HTTP 503/,
    told: [503],
    exceed: (app) => connectAfter(1, () => authenticatedRaw(app), app),
  },
  {
    limit: 'maxConnectionsPerIp',
    low: { maxConnectionsPerIp: 1 },
    outcome: /HTTP 429/,
    told: [429],
    exceed: (app) => connectAfter(1, () => authenticatedRaw(app), app),
  },
  {
    limit: 'maxUnauthenticatedConnections',
    low: { maxUnauthenticatedConnections: 1 },
    outcome: /HTTP 429/,
    told: [429],
    exceed: connectBeyondTheLine,
  },
  {
    limit: 'maxUnauthenticatedConnectionsPerIp',
    low: { maxUnauthenticatedConnectionsPerIp: 1 },
    outcome: /HTTP 429/,
    told: [429],
    exceed: connectBeyondTheLine,
  },
  {
    limit: 'maxAuthFailuresPerMinute',
    low: { maxAuthFailuresPerMinute: 1, authTimeout: 300 },
    outcome: /not told for 300 ms/,
    told: [4408],
    exceed: guessBeyondTheLimit,
  },
  {
    limit: 'sendHighWaterMark',
    low: SLOW,
    outcome: /close 4503/,
    told: [4503],
    exceed: doNotRead,
  },
  {
    limit: 'slowConsumerTimeout',
    low: SLOW,
    named: 'sendHighWaterMark',
    outcome: /close 4503/,
    told: [4503],
    exceed: doNotRead,
  },
  {
    limit: 'sendHardCap',
    low: { ...SLOW, sendHardCap: 128 * KIB, slowConsumerTimeout: Infinity },
    outcome: /close 4503/,
    told: [1006, 4503],
    exceed: doNotRead,
  },
  {
    limit: 'maxMissedHeartBeats',
    low: { maxMissedHeartBeats: 2, heartBeatInterval: 20 },
    outcome: /cut/,
    told: [1006],
    exceed: (app) => authenticatedRaw(app, { answersPings: false }),
  },
  {
    limit: 'replayWindow',
    low: {},
    off: 0,
    named: 'badFrame',
    outcome: /close 4400 bad frame: replayed/,
    told: [4400],
    async exceed(app) {
      const peer = await authenticatedRaw(app);
      await peer.request('echo', 1);
      peer.replay();
      return peer;
    },
  },
  {
    limit: 'authReplayWindow',
    low: {},
    off: 0,
    named: 'badFrame',
    outcome: /close 4400 bad frame: replayed/,
    told: [4400],
    async exceed(app) {
      const [victim, peer] = await Promise.all([authenticatedRaw(app), connectRaw(app)]);
      peer.replay(victim.lastFrame('out'));
      return peer;
    },
  },
];

async function connectAfter(
  count: number,
  step: () => Promise<unknown>,
  app: SocketsTestApp,
): Promise<RawClient> {
  for (let done = 0; done < count; done++) await step();
  return connectRaw(app);
}

const crowds = new WeakMap<SocketsTestApp, Promise<RawClient>>();

/** One takes the only place, ten wait in line for it; the next one is refused. */
async function connectBeyondTheLine(app: SocketsTestApp): Promise<RawClient> {
  const crowd = crowds.get(app);
  if (crowd) return crowd.catch(() => connectRaw(app));
  const attempts = Array.from({ length: 12 }, () => connectRaw(app));
  const first = Promise.all(attempts).then((peers) => peers.at(-1)!);
  crowds.set(app, first);
  return first;
}

const guessed = new WeakMap<SocketsTestApp, Promise<unknown>>();

/** The first peer with a wrong key is told, the next one is not. */
async function guessBeyondTheLimit(app: SocketsTestApp): Promise<RawClient> {
  const first = guessed.get(app) ?? guess(app).then((peer) => peer.untilClosed());
  guessed.set(app, first);
  await first;
  const next = await guess(app);
  // Where the limit is off it is told too, by the second pong at the latest: then another one stays.
  return next
    .roundTrip()
    .then(() => next.roundTrip())
    .then(
      () => next,
      () => authenticatedRaw(app),
    );
}

async function guess(app: SocketsTestApp): Promise<RawClient> {
  const peer = await connectRaw(app);
  peer.sendMessage({ request: 'auth', data: { authKey: 'not the key of this server' } });
  return peer;
}

/** A peer that stops reading while the server pushes more to it than the kernel takes. */
export async function doNotRead(app: SocketsTestApp): Promise<RawClient> {
  const role = randomUUID();
  const peer = await authenticatedRaw(app, { authData: { role } });
  peer.pause();
  for (let count = 0; count < PUSHES; count++) {
    app.server.sendToByMeta('role', role, 'news', PUSH);
    await nextTurn();
  }
  return peer;
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
