import { OptionReader } from '../options/option-reader.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import { isRedisClient, type RedisClient, type RedisSource } from './redis.client.js';

/** Options of `redisEngine()`: either `url` or `client`. */
export interface RedisEngineOptions {
  /**
   * Where Redis is: `redis://user:password@host:6379/0`, or `rediss://` for TLS. A password in it is
   * never logged.
   */
  url?: string;
  /**
   * A client of the package `redis`, connected or not, for whatever a URL cannot say. It is duplicated,
   * and stays its owner's: the engine neither uses nor closes it.
   */
  client?: RedisClient;
  /**
   * What all keys and channels begin with. All nodes of a cluster need the same one, and two clusters
   * on one Redis need different ones.
   * @default 'ns:'
   */
  prefix?: string;
}

/** The options in force. */
export interface ResolvedRedisOptions {
  readonly source: RedisSource;
  readonly prefix: string;
}

const DEFAULT_PREFIX = 'ns:';
const MAX_PREFIX = 100;
const PREFIX_EXPECTED = `1 to ${MAX_PREFIX} characters without spaces and control characters`;
const URL_EXPECTED = "a URL such as 'redis://localhost:6379' or 'rediss://user:password@host:6380'";
const CLIENT_EXPECTED = 'what createClient() of the package redis (5 or newer) returns';

/** @throws SocketsError `INVALID_OPTION` */
export function readRedisOptions(options: RedisEngineOptions): ResolvedRedisOptions {
  const read = new OptionReader('redisEngine', options);
  read.assertKnown(['url', 'client', 'prefix']);
  const url = read.matching<string | undefined>('url', undefined, isRedisUrl, URL_EXPECTED);
  const client = read.matching<RedisClient | undefined>(
    'client',
    undefined,
    isRedisClient,
    CLIENT_EXPECTED,
  );
  const prefix = read.matching('prefix', DEFAULT_PREFIX, isPrefix, PREFIX_EXPECTED);
  return { source: sourceOf(url, client), prefix };
}

function sourceOf(url: string | undefined, client: RedisClient | undefined): RedisSource {
  if (url !== undefined && client === undefined) return { url };
  if (client !== undefined && url === undefined) return { client };
  throw new SocketsError(
    'INVALID_OPTION',
    "redisEngine: expected either { url: 'redis://localhost:6379' } or { client: createClient(…) }.",
  );
}

// The text of a wrong one is in no error: it may have a password in it.
function isRedisUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  return /^rediss?:$/.test(protocol) && hostname !== '' && /^(\/\d*)?$/.test(pathname);
}

function isPrefix(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_PREFIX && /^[^\p{C}\p{Z}]+$/u.test(value);
}
