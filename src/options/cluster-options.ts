import { localEngine } from '../engine/memory.engine.js';
import { assertStrongKey } from './auth-key.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import type { OptionReader } from './option-reader.js';
import { RoomRules, type RoomsOptions } from './room-options.js';
import type { ResolvedSocketsOptions, SocketsOptions } from './sockets.options.js';

export const CLUSTER_OPTIONS = ['engine', 'clusterKey', 'rooms', 'drainSpread'] as const;
export const KEYS_EXPECTED = 'a string that is not empty, or an array of those';

const DEFAULT_DRAIN_SPREAD = 5_000;
const MAX_DRAIN_SPREAD = 60_000;

/** The options of rooms, and of many nodes. */
export function readCluster(
  read: OptionReader,
  options: SocketsOptions,
  authKeys: readonly string[],
  warn: (message: string) => void,
): Pick<ResolvedSocketsOptions, 'engine' | 'clusterKeys' | 'rooms' | 'drainSpread'> {
  const clusterKeys = readClusterKeys(read, options);
  for (const key of clusterKeys) assertStrongKey(key, warn, 'clusterKey');
  const spread = { min: 0, max: MAX_DRAIN_SPREAD };
  const engine = read.matching(
    'engine',
    localEngine(),
    isEngine,
    'redisEngine() or memoryEngine()',
  );
  if (engine.isShared && clusterKeys.length + authKeys.length === 0) throw noClusterKey();
  return {
    engine,
    clusterKeys,
    rooms: new RoomRules(read.matching<RoomsOptions>('rooms', {}, isObject, 'an object')),
    drainSpread: read.number('drainSpread', DEFAULT_DRAIN_SPREAD, spread),
  };
}

function readClusterKeys(read: OptionReader, { clusterKey }: SocketsOptions): readonly string[] {
  if (clusterKey === undefined) return [];
  if (Array.isArray(clusterKey)) return read.matching('clusterKey', [], areKeys, KEYS_EXPECTED);
  return [read.string('clusterKey', '')];
}

function noClusterKey(): SocketsError {
  return new SocketsError(
    'INVALID_OPTION',
    'SocketsModule: the option "engine" needs a "clusterKey" where there is no "authKey": nodes seal what they say to each other. Set it to the same random secret on all nodes.',
  );
}

export function areKeys(value: unknown): boolean {
  const keys = value as unknown[];
  return keys.length > 0 && keys.every((key) => typeof key === 'string' && key !== '');
}

function isEngine(value: unknown): boolean {
  return isObject(value) && typeof (value as { connect?: unknown }).connect === 'function';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
