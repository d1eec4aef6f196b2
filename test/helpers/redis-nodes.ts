import { createClient } from 'redis';
import { expect } from '@jest/globals';
import { RedisEngine } from '../../src/redis/redis.engine.js';
import { readRedisOptions, type RedisEngineOptions } from '../../src/redis/redis.options.js';
import { DEFAULT_TIMING, type RedisTiming } from '../../src/redis/redis.timing.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { connectNode, type EngineNode } from './engine-node.js';
import { startRedis, type RedisServer } from './redis.js';
import { startRelay, type TcpRelay } from './tcp-relay.js';

/** Far more than anything takes, for a machine that is slow or busy. */
export const LONG = 20_000;

/** An engine whose deadlines are shorter than those of applications. */
export function engineWith(
  options: RedisEngineOptions,
  timing: Partial<RedisTiming> = {},
): RedisEngine {
  return new RedisEngine(readRedisOptions(options), { ...DEFAULT_TIMING, ...timing });
}

/** Servers and nodes for the tests of the calling file, which end with each of them. */
export function useRedisNodes() {
  const cleanUp = useCleanUp();
  return {
    async start(): Promise<RedisServer> {
      const server = await startRedis();
      cleanUp(() => server.stop());
      return server;
    },
    async relayTo({ port }: RedisServer): Promise<TcpRelay> {
      const relay = await startRelay(port);
      cleanUp(() => relay.stop());
      return relay;
    },
    async connect(url: string, timing?: Partial<RedisTiming>): Promise<EngineNode> {
      const node = await connectNode(engineWith({ url }, timing));
      cleanUp(() => node.session.close());
      return node;
    },
    /** Somebody else who uses the same Redis. */
    async stranger(url: string) {
      const client = createClient({ url });
      client.on('error', () => undefined);
      await client.connect();
      cleanUp(() => client.destroy());
      return client;
    },
  };
}

export async function untilAvailable({ heard }: EngineNode, expected: boolean): Promise<void> {
  const what = expected ? 'Redis to be back' : 'the loss of Redis to be noticed';
  expect(await heard.availability.next(what, LONG)).toBe(expected);
}
