import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const MILLISECONDS_TO_ANSWER = 3_000;
const KEYS_AT_ONCE = 1_000;

/**
 * The URL of the Redis that all nodes use: REDIS_URL, or one on this machine.
 * @throws when none answers, with a message that says how to get one
 */
export async function findRedis(): Promise<string> {
  const url = process.env.REDIS_URL || DEFAULT_URL;
  try {
    await withRedis(url, (client) => client.ping());
    return url;
  } catch (error) {
    throw new Error(howToGetOne(url, error), { cause: error });
  }
}

/** Deletes what a run has left in Redis. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  await withRedis(url, async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: KEYS_AT_ONCE })) {
      if (keys.length > 0) await client.del(keys);
    }
  });
}

type Client = ReturnType<typeof createClient>;

async function withRedis<T>(url: string, action: (client: Client) => Promise<T>): Promise<T> {
  const socket = { reconnectStrategy: false, connectTimeout: MILLISECONDS_TO_ANSWER } as const;
  const client: Client = createClient({ url, socket });
  // It also rejects what waits for it.
  client.on('error', () => undefined);
  const connected = client.connect();
  const late = delay(MILLISECONDS_TO_ANSWER, undefined, { ref: false }).then(() => {
    throw new Error('it does not answer');
  });
  try {
    await Promise.race([connected, late]);
    return await action(client);
  } finally {
    if (client.isOpen) client.destroy();
    late.catch(() => undefined);
    connected.catch(() => undefined);
  }
}

function howToGetOne(url: string, error: unknown): string {
  return `No Redis answers at ${withoutPassword(url)} (${reasonOf(error)}). Several nodes need one, 6.2 or newer:

  docker run --rm -p 6379:6379 redis    starts one, or
  apt-get install redis-server          installs one;
  REDIS_URL=redis://host:6379           says where there is one already.
`;
}

/** The URL as others may see it. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

function reasonOf(error: unknown): string {
  // What is refused on all addresses of a host comes without a message of its own.
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first instanceof Error ? first.message : String(first);
}
