import type { EngineListener, EngineSession, SocketsEngine } from '../engine/engine.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import { reasonOf } from './outage.log.js';
import { addressOf, connectionsOf } from './redis.client.js';
import { RedisKeys } from './redis.keys.js';
import {
  readRedisOptions,
  type RedisEngineOptions,
  type ResolvedRedisOptions,
} from './redis.options.js';
import { RedisSession } from './redis.session.js';
import { DEFAULT_TIMING, type RedisTiming } from './redis.timing.js';

/** The engine of a cluster that shares a Redis. */
export class RedisEngine implements SocketsEngine {
  readonly isShared = true;

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly timing: RedisTiming = DEFAULT_TIMING,
  ) {}

  async connect(listener: EngineListener): Promise<EngineSession> {
    const { source, prefix } = this.options;
    const connect = await connectionsOf(source);
    const session = new RedisSession(connect, new RedisKeys(prefix), this.timing, listener);
    try {
      await session.start();
    } catch (cause) {
      throw new SocketsError(
        'ENGINE_UNAVAILABLE',
        `redisEngine: Redis at ${addressOf(source)} cannot be used (${reasonOf(cause)}). Check that it runs, that host, port and password are right, and that this process may connect to it.`,
        { cause },
      );
    }
    return session;
  }
}

/**
 * Makes one server of many processes, by way of a Redis (6.2 or newer) or Valkey, which needs the
 * package `redis` beside this one: `npm install redis`.
 *
 * ```ts
 * SocketsModule.forRoot({ engine: redisEngine({ url: 'redis://localhost:6379' }) })
 * ```
 *
 * Each node has two connections, which it makes anew for ever. What Redis sees are the names of rooms
 * and the ids of clients; messages are sealed. Redis Cluster is not supported: all nodes need the same
 * server, or its successor behind the same address.
 * @throws SocketsError `INVALID_OPTION`
 */
export function redisEngine(options: RedisEngineOptions): SocketsEngine {
  return new RedisEngine(readRedisOptions(options));
}
