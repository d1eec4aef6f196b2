import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createClient } from 'redis';
import { withDeadline } from './with-deadline.js';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const MILLISECONDS_TO_ANSWER = 3_000;
const MILLISECONDS_TO_START = 15_000;
const ATTEMPTS = 5;

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

/** The `redis-server` of this machine, if it is installed. */
export const redisServerPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find(isExecutable);

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

/** A `redis-server` of a test's own, without persistence, on a free port. */
export class RedisServer {
  private child: ChildProcess | undefined;
  private isPaused = false;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** @see startRedis */
  static async start(): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-sockets-redis-'));
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), folder);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Somebody else may have taken the port.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill();
    const options = { port: this.port, bind: '127.0.0.1', dir: this.folder, appendonly: 'no' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(redisServerPath!, [...args, '--save', ''], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.child = child;
    await withDeadline(untilReady(child), MILLISECONDS_TO_START, 'redis-server to start');
  }

  /** As if it had crashed: SIGKILL. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    this.isPaused = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Freezes it: connections stay, and nothing answers. */
  pause(): void {
    this.isPaused = this.child?.kill('SIGSTOP') ?? false;
  }

  resume(): void {
    if (this.isPaused) this.child?.kill('SIGCONT');
    this.isPaused = false;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts a `redis-server`. Only in tests that `describeWithRedisServer` describes. */
export function startRedis(): Promise<RedisServer> {
  return RedisServer.start();
}

function untilReady(child: ChildProcess): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('eady to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`redis-server ended: ${text}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function describeIf(isPossible: boolean, name: string, body: () => void): void {
  if (!isPossible && process.env['CI'] !== undefined) throw new Error(MISSING);
  if (isPossible) return describe(name, body);
  process.stderr.write(`${MISSING}\n`);
  describe.skip(name, body);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
