import { DEFAULT_LIMITS, type SocketsLimits } from '../protocol/limits.js';
import type { ResolvedSocketsOptions, SocketsOptions } from './sockets.options.js';
import { assertStrongKey } from './auth-key.js';
import { HANDSHAKE_OPTIONS, readHandshakes } from './handshake-options.js';
import { isTrustProxy, TRUST_PROXY_EXPECTED, type TrustProxy } from './trust-proxy.js';
import { CLUSTER_OPTIONS, readCluster } from './cluster-options.js';
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
  ...HANDSHAKE_OPTIONS,
  'encryption',
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
  const handshakes = readHandshakes(read, options);
  for (const authKey of handshakes.authKeys) assertStrongKey(authKey, warn);
  return {
    port: readPort(read, options),
    path: readPath(read),
    host: read.string('host', undefined),
    ...handshakes,
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
    ...readCluster(read, options, handshakes.authKeys, warn),
    telemetry: readTelemetry(read, 'watch'),
    limits: readLimits(read),
  };
}

function readPort(read: OptionReader, { port }: SocketsOptions): number | 'http' {
  if (port === 'http' || (port === undefined && process.env['SOCKET_PORT'] === 'http')) {
    return 'http';
  }
  const range = { min: 0, max: MAX_PORT, variable: 'SOCKET_PORT', or: "'http'" };
  return read.number('port', DEFAULT_PORT, range);
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
