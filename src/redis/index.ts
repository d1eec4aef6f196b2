export { redisEngine } from './redis.engine.js';
export type { RedisClient } from './redis.client.js';
export type { RedisEngineOptions } from './redis.options.js';
export type { SocketsEngine } from '../engine/engine.js';
