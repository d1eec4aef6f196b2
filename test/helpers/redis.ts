import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createClient } from 'redis';
import { RedisServer, redisServerPath } from './redis-server.js';
import { withDeadline } from './with-deadline.js';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const MILLISECONDS_TO_ANSWER = 3_000;

export type { RedisServer } from './redis-server.js';

const MISSING =
  'There is neither a Redis at SOCKETS_TEST_REDIS_URL or 127.0.0.1:6379 nor redis-server, so the tests with it are skipped. Install it: apt-get install redis-server';

/** The URL of a Redis that answers, if there is one. Others use it, too: take a `redisPrefix()`. */
export async function findRedis(): Promise<string | undefined> {
  const url = process.env['SOCKETS_TEST_REDIS_URL'] ?? DEFAULT_URL;
  const socket = { reconnectStrategy: false, connectTimeout: MILLISECONDS_TO_ANSWER } as const;
  const client = createClient({ url, socket });
  client.on('error', () => undefined);
  try {
    await withDeadline(client.connect(), MILLISECONDS_TO_ANSWER, 'Redis to answer');
    return url;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** Tests on a `redis-server` of their own. Where there is none they are skipped, but never in CI. */
export function describeWithRedisServer(name: string, body: () => void): void {
  describeIf(redisServerPath !== undefined, name, body);
}

/** Tests on any Redis: call it with what `findRedis()` found. */
export function describeWithRedis(found: string | undefined, name: string, body: () => void): void {
  describeIf(found !== undefined || redisServerPath !== undefined, name, body);
}

/** A Redis for the tests of one file, and a prefix of their own in it. */
export interface TestRedis {
  readonly url: string;
  readonly prefix: string;
}

/** The one that was found, or else one that is started for the file; what the tests leave is deleted. */
export function useRedis(found: string | undefined): TestRedis {
  const redis = { url: found ?? '', prefix: redisPrefix() };
  let own: RedisServer | undefined;
  beforeAll(async () => {
    if (found === undefined) redis.url = (own = await startRedis()).url;
  });
  afterAll(async () => {
    if (own) await own.stop();
    else await deleteKeys(redis.url, redis.prefix);
  });
  return redis;
}

/** A prefix of keys and channels that nobody else has. */
export function redisPrefix(): string {
  return `test-${randomBytes(8).toString('hex')}:`;
}

/** Deletes what begins with the prefix. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
    if (keys.length > 0) await client.del(keys);
  }
  client.destroy();
}

/** Starts a `redis-server`. Only in tests that `describeWithRedisServer` describes. */
export function startRedis(): Promise<RedisServer> {
  return RedisServer.start();
}

function describeIf(isPossible: boolean, name: string, body: () => void): void {
  if (!isPossible && process.env['CI'] !== undefined) throw new Error(MISSING);
  if (isPossible) return describe(name, body);
  process.stderr.write(`${MISSING}\n`);
  describe.skip(name, body);
}
