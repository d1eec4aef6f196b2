import { DEFAULT_LIMITS, type SocketsLimits } from '../protocol/limits.js';
import type { ResolvedSocketsOptions, SocketsOptions } from './sockets.options.js';
import { assertStrongKey, DEFAULT_AUTH_KEY } from './auth-key.js';
import { isKeyText, KEY_EXPECTED } from './key-text.js';
import { isTrustProxy, TRUST_PROXY_EXPECTED, type TrustProxy } from './trust-proxy.js';
import { areKeys, CLUSTER_OPTIONS, KEYS_EXPECTED, readCluster } from './cluster-options.js';
import { readTelemetry } from './telemetry-option.js';
import { OptionReader } from './option-reader.js';

const DEFAULT_PORT = 2667;
const DEFAULT_HEART_BEAT_INTERVAL = 30_000;
const MAX_PORT = 65_535;
const MAX_MESSAGE_SIZE = 2 ** 31 - 1;
const MAX_REPLAY_WINDOW = 2 ** 24;
const MAX_PADDING = 65_536;

const OWN_OPTIONS: readonly (keyof SocketsOptions)[] = [
  'port',
  'path',
  'host',
  'authKey',
  'encryption',
  'versions',
  'serverKey',
  'keyStore',
  'padding',
  'sharedBroadcast',
  'heartBeatInterval',
  'pushField',
  'slowConsumerPolicy',
  'allowedOrigins',
  'connectionGuard',
  'trustProxy',
  ...CLUSTER_OPTIONS,
  'telemetry',
  'isGlobal',
];

/** Options that there were, and what to do instead. */
const GONE: Readonly<Record<string, string>> = {
  maxHeavySharePercent:
    'It is gone since 0.2.0: connections that ask for much take turns now, and nobody waits while nothing else has to be done. Remove it; to bound what one client may ask for, set "maxMessagesPerSecond" or "maxHandlersInFlight".',
};

const DURATIONS: readonly (keyof SocketsLimits)[] = [
  'authTimeout',
  'slowConsumerTimeout',
  'shutdownTimeout',
];
const SIZES: readonly (keyof SocketsLimits)[] = ['maxUnauthenticatedMessageSize', 'maxMessageSize'];
// What is below one buffer of a Node socket cannot be told from nothing.
const MIN_SEND_LIMIT = 16 * 1024;
const SEND_LIMITS: readonly (keyof SocketsLimits)[] = ['sendHighWaterMark', 'sendHardCap'];
const WINDOWS: readonly (keyof SocketsLimits)[] = ['replayWindow', 'authReplayWindow'];

/**
 * Applies environment variables and defaults, and checks every value.
 * @throws SocketsError `INVALID_OPTION`, with the option's name and what was expected
 */
export function resolveOptions(
  options: SocketsOptions,
  warn: (message: string) => void,
): ResolvedSocketsOptions {
  const read = new OptionReader('SocketsModule', options);
  read.assertKnown([...OWN_OPTIONS, ...Object.keys(DEFAULT_LIMITS)], GONE);
  const authKeys = readAuthKeys(read, options);
  for (const authKey of authKeys) assertStrongKey(authKey, warn);
  return {
    port: readPort(read, options),
    path: readPath(read),
    host: read.string('host', undefined),
    authKey: authKeys[0]!,
    authKeys,
    versions: read.matching('versions', [1, 2], isVersions, '[1], [2] or [1, 2]'),
    serverKey: read.matching('serverKey', undefined, isKeyText, KEY_EXPECTED, 'SOCKET_SERVER_KEY'),
    keyStore: read.matching('keyStore', undefined, isClass, 'a class'),
    padding: read.number('padding', 0, { min: 0, max: MAX_PADDING }),
    sharedBroadcast: read.boolean('sharedBroadcast', false),
    encryption: read.boolean('encryption', true, 'SOCKET_ENCRYPTION'),
    heartBeatInterval: read.duration(
      'heartBeatInterval',
      DEFAULT_HEART_BEAT_INTERVAL,
      'SOCKET_HEARTBEAT_INTERVAL',
    ),
    pushField: read.oneOf('pushField', 'auto', ['auto', 'data', 'response']),
    slowConsumerPolicy: read.oneOf('slowConsumerPolicy', 'close', ['close', 'drop']),
    allowedOrigins: read.matching('allowedOrigins', undefined, isOrigins, ORIGINS_EXPECTED),
    connectionGuard: read.matching('connectionGuard', undefined, isClass, 'a class'),
    trustProxy: read.matching<TrustProxy>('trustProxy', false, isTrustProxy, TRUST_PROXY_EXPECTED),
    ...readCluster(read, options, warn),
    telemetry: readTelemetry(read, 'watch'),
    limits: readLimits(read),
  };
}

function readAuthKeys(read: OptionReader, { authKey }: SocketsOptions): readonly string[] {
  if (Array.isArray(authKey)) return read.matching('authKey', [], areKeys, KEYS_EXPECTED);
  return [read.string('authKey', DEFAULT_AUTH_KEY, 'SOCKET_AUTH_KEY')];
}

function isVersions(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((version) => version === 1 || version === 2);
}

function readPort(read: OptionReader, { port }: SocketsOptions): number | 'http' {
  if (port === 'http' || (port === undefined && process.env['SOCKET_PORT'] === 'http')) {
    return 'http';
  }
  return read.number('port', DEFAULT_PORT, { min: 0, max: MAX_PORT, variable: 'SOCKET_PORT' });
}

function readPath(read: OptionReader): string {
  return read.matching('path', '/', isPath, "a string that starts with '/'");
}

function readLimits(read: OptionReader): SocketsLimits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof SocketsLimits)[];
  return Object.fromEntries(names.map((name) => [name, readLimit(read, name)])) as Record<
    keyof SocketsLimits,
    number
  >;
}

function readLimit(read: OptionReader, name: keyof SocketsLimits): number {
  const fallback = DEFAULT_LIMITS[name];
  if (DURATIONS.includes(name)) return read.duration(name, fallback);
  if (SIZES.includes(name)) {
    return read.number(name, fallback, { min: 64, max: MAX_MESSAGE_SIZE, orInfinity: true });
  }
  if (SEND_LIMITS.includes(name)) {
    return read.number(name, fallback, { min: MIN_SEND_LIMIT, orInfinity: true });
  }
  if (WINDOWS.includes(name)) {
    return read.number(name, fallback, { min: 0, max: MAX_REPLAY_WINDOW });
  }
  return read.number(name, fallback, { min: 1, orInfinity: true });
}

const ORIGINS_EXPECTED = "'*' or an array of origins such as 'https://app.example.com'";

function isOrigins(value: unknown): boolean {
  return value === '*' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('/');
}

function isClass(value: unknown): boolean {
  return typeof value === 'function';
}
