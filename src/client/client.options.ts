import { DEFAULT_AUTH_KEY, assertStrongKey } from '../options/auth-key.js';
import { OptionReader } from '../options/option-reader.js';
import type { MessageHook } from './message-hooks.js';

/** How a client comes back after it lost its connection: PROTOCOL.md R9.3. */
export interface ReconnectOptions {
  /**
   * Milliseconds: the longest first delay. Each delay is random, between 0 and a bound that doubles.
   * @default 1000
   */
  baseDelay?: number;
  /**
   * Milliseconds: where the bound stops to double.
   * @default 60000
   */
  maxDelay?: number;
  /**
   * Failed attempts in a row after which the client gives up, with the event `reconnectFailed`.
   * @default Infinity
   */
  maxAttempts?: number;
}

/** Options of a `SocketClient`. A wrong value throws a SocketsError `INVALID_OPTION`. */
export interface SocketClientOptions {
  /**
   * Where the server is: `ws://` or `wss://`. Environment: `SOCKET_ADDRESS`.
   * @default 'ws://localhost:2667'
   */
  address?: string | undefined;
  /**
   * The secret shared with the server. Environment: `SOCKET_AUTH_KEY`.
   * @default 'AUTH_KEY', which is refused when NODE_ENV is `production`
   */
  authKey?: string | undefined;
  /** More data for the server's `auth` handler, for example `{ role: 'worker' }`. */
  authData?: Record<string, unknown>;
  /**
   * Seals every frame. The server must be configured alike. Environment: `SOCKET_ENCRYPTION`.
   * @default true
   */
  encryption?: boolean;
  /**
   * Milliseconds between heartbeats; the connection is dropped when one stays unanswered for two
   * intervals. `Infinity` sends none. Environment: `SOCKET_HEARTBEAT_INTERVAL`.
   * @default 30000
   */
  heartBeatInterval?: number;
  /**
   * Milliseconds for the upgrade, and again for authentication; then the attempt has failed.
   * @default 10000
   */
  connectTimeout?: number;
  /** How to come back after a lost connection; `false` does not. */
  reconnect?: ReconnectOptions | false;
  /** Hooks by the name of the message, as with `on()`. */
  handlers?: Record<string, MessageHook>;
  /**
   * Bytes of one received message, envelope included; a larger one closes with 1009.
   * @default 16777216
   */
  maxMessageSize?: number;
  /**
   * Values of one stream that wait for its consumer; one more ends the stream with `STREAM_OVERFLOW`.
   * @default 10000
   */
  maxStreamBacklog?: number;
}

/** The options in force. */
export interface ResolvedClientOptions extends Required<Omit<SocketClientOptions, 'reconnect'>> {
  reconnect: Required<ReconnectOptions> | false;
}

const OPTION_NAMES = [
  'address',
  'authKey',
  'authData',
  'encryption',
  'heartBeatInterval',
  'connectTimeout',
  'reconnect',
  'handlers',
  'maxMessageSize',
  'maxStreamBacklog',
] as const satisfies readonly (keyof SocketClientOptions)[];

const ADDRESS_EXPECTED = "an address such as 'ws://localhost:2667'";

export function resolveClientOptions(
  options: SocketClientOptions,
  warn: (message: string) => void,
): ResolvedClientOptions {
  const read = new OptionReader('SocketClient', options);
  read.assertKnown(OPTION_NAMES);
  const authKey = read.string('authKey', DEFAULT_AUTH_KEY, 'SOCKET_AUTH_KEY');
  assertStrongKey(authKey, warn);
  return {
    address: read.matching(
      'address',
      'ws://localhost:2667',
      isAddress,
      ADDRESS_EXPECTED,
      'SOCKET_ADDRESS',
    ),
    authKey,
    authData: read.matching('authData', {}, isObject, 'an object'),
    encryption: read.boolean('encryption', true, 'SOCKET_ENCRYPTION'),
    heartBeatInterval: read.duration('heartBeatInterval', 30_000, 'SOCKET_HEARTBEAT_INTERVAL'),
    connectTimeout: read.duration('connectTimeout', 10_000),
    reconnect: readReconnect(read),
    handlers: read.matching('handlers', {}, isObjectOfFunctions, 'an object of functions'),
    maxMessageSize: read.number('maxMessageSize', 16 * 1024 * 1024, { min: 64, max: 2 ** 31 - 1 }),
    maxStreamBacklog: read.number('maxStreamBacklog', 10_000, { min: 1, orInfinity: true }),
  };
}

function readReconnect(read: OptionReader): Required<ReconnectOptions> | false {
  const value = read.matching<ReconnectOptions | false>(
    'reconnect',
    {},
    isObjectOrFalse,
    'an object or false',
  );
  if (value === false) return false;
  const own = new OptionReader('SocketClient reconnect', value);
  own.assertKnown(['baseDelay', 'maxDelay', 'maxAttempts']);
  return {
    baseDelay: own.number('baseDelay', 1_000, { min: 0, max: 2 ** 31 - 1 }),
    maxDelay: own.number('maxDelay', 60_000, { min: 0, max: 2 ** 31 - 1 }),
    maxAttempts: own.number('maxAttempts', Infinity, { min: 1, orInfinity: true }),
  };
}

function isAddress(value: unknown): boolean {
  return (
    typeof value === 'string' && URL.canParse(value) && /^wss?:$/.test(new URL(value).protocol)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOrFalse(value: unknown): boolean {
  return value === false || isObject(value);
}

function isObjectOfFunctions(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'function');
}
