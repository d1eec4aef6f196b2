import { environment } from '../../options/environment.js';
import { DEFAULT_AUTH_KEY, assertStrongKey } from '../../options/auth-key.js';
import { takesSharedKey, type PatternName } from '../../envelope/hello.js';
import { readWire } from './wire-options.js';
import { OptionReader } from '../../options/option-reader.js';
import { AUTH } from '../../protocol/message-name.js';
import { toJson } from '../../protocol/outgoing-json.js';
import type { WireVersion } from '../../protocol/wire-version.js';
import type { ClientTelemetry } from '../../contract/telemetry.js';
import { readTelemetry } from '../../options/telemetry-option.js';
import type { Identity } from './identity.js';
import type { OptionFormats } from './option-formats.js';
import type { MessageHook } from './message-hooks.js';
import type { TlsOptions } from './tls-options.js';
import { readReconnect, type ReconnectOptions } from './reconnect-options.js';

/** What a client tells the `auth` handler: an object that is JSON. */
export type AuthData = Record<string, unknown>;

/**
 * Options of a `SocketClient`, in Node and in browsers where nothing else is said. A wrong value throws a
 * SocketsError `INVALID_OPTION`. There is an environment to take them from in Node only.
 */
export interface SocketClientOptions {
  /**
   * Where the server is: `ws://` or `wss://`. Environment: `SOCKET_ADDRESS`, or `SOCKET_PORT` for a
   * port of this machine.
   * @default 'ws://localhost:2667'
   */
  address?: string | undefined;
  /**
   * The secret shared with the server. Environment: `SOCKET_AUTH_KEY`.
   * @default 'AUTH_KEY', which is refused when NODE_ENV is `production`
   */
  authKey?: string | undefined;
  /**
   * The version of the wire, 1 in Node only: 2 has forward secrecy and seals a turn's messages at once
   * (PROTOCOL-V2.md); 1 is for servers of the original. Never another one than this: against a server
   * that does not speak it `connect()` rejects with `CANNOT_CONNECT`.
   * @default 2; 1 where `encryption` is false
   */
  version?: WireVersion;
  /**
   * The server's public key (version 2), as `npx nestjs-sockets keygen server` prints it: nobody else
   * can play the server. Without an `authKey`, the server's `auth` handler decides who gets in.
   * Environment: `SOCKET_SERVER_PUBLIC_KEY`.
   * @default none
   */
  serverPublicKey?: string | undefined;
  /**
   * The private key of this device (version 2). In Node as `npx nestjs-sockets keygen device` prints it; in
   * browsers the `keyPair` of `deviceIdentity()`, or another X25519 `CryptoKeyPair`. Needs
   * `serverPublicKey`; no `authKey` is used. Environment: `SOCKET_IDENTITY`.
   * @default none
   */
  identity?: Identity | undefined;
  /**
   * Tells the server's `keyStore` which shared key this is: up to 64 letters, digits, `_`, `.`, `-`.
   * @default derived from the `authKey`
   */
  keyId?: string | undefined;
  /**
   * Version 2 fills what it sends to a multiple of so many bytes (at most 65,536), which hides how
   * long messages are. 0 does not.
   * @default 0
   */
  padding?: number;
  /**
   * More data for the server's `auth` handler, for example `{ role: 'worker' }`; or a function that
   * returns it, awaited before each attempt to connect, for tokens that do not live long. When it fails
   * the attempt has failed with `AUTH_DATA_FAILED`, and another one follows.
   * @default {}
   */
  authData?: AuthData | (() => AuthData | Promise<AuthData>);
  /**
   * Seals every frame. The server must be configured alike. Environment: `SOCKET_ENCRYPTION`.
   * @default true
   */
  encryption?: boolean;
  /**
   * Milliseconds between heartbeats; the connection is dropped when one stays unanswered, and nothing
   * else comes either, for two intervals. `Infinity` sends none. Environment:
   * `SOCKET_HEARTBEAT_INTERVAL`.
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
   * Values of one stream that wait for its consumer. The server sends no more than that, and at most
   * 256, before some are taken; from one that does not count, one more ends the stream with
   * `STREAM_OVERFLOW`.
   * @default 10000
   */
  maxStreamBacklog?: number;
  /**
   * For `wss://` in Node alone: a private CA to trust (`{ ca: readFileSync('ca.pem') }`), and a certificate of
   * the client. Browsers refuse the option, since they decide themselves. Never logged.
   * @default none: what Node trusts
   */
  tls?: TlsOptions | undefined;
  /**
   * Traces: `openTelemetry()` of `nestjs-sockets/telemetry`.
   * @default none
   */
  telemetry?: ClientTelemetry | undefined;
}

type Optional = 'reconnect' | 'serverPublicKey' | 'identity' | 'keyId' | 'tls' | 'telemetry';

/** The options in force. */
export interface ResolvedClientOptions extends Required<Omit<SocketClientOptions, Optional>> {
  /** Which handshake of version 2 the keys are for. */
  pattern: PatternName;
  serverPublicKey: string | undefined;
  identity: Identity | undefined;
  keyId: string | undefined;
  tls: TlsOptions | undefined;
  reconnect: Required<ReconnectOptions> | false;
  telemetry: ClientTelemetry | undefined;
}

const OPTION_NAMES = [
  'address',
  'authKey',
  'version',
  'serverPublicKey',
  'identity',
  'keyId',
  'padding',
  'authData',
  'encryption',
  'heartBeatInterval',
  'connectTimeout',
  'reconnect',
  'handlers',
  'maxMessageSize',
  'maxStreamBacklog',
  'tls',
  'telemetry',
] as const satisfies readonly (keyof SocketClientOptions)[];

const DEFAULT_PORT = 2667;
const LOCAL_PORT = { min: 1, max: 65_535, variable: 'SOCKET_PORT' };
const ADDRESS_EXPECTED = "an address such as 'ws://localhost:2667'";

export function resolveClientOptions(
  options: SocketClientOptions,
  warn: (message: string) => void,
  formats: OptionFormats,
): ResolvedClientOptions {
  const read = new OptionReader('SocketClient', options);
  read.assertKnown(OPTION_NAMES);
  const authKey = read.string('authKey', DEFAULT_AUTH_KEY, 'SOCKET_AUTH_KEY');
  const wire = readWire(read, options, formats.identity);
  if (takesSharedKey(wire.pattern)) assertStrongKey(authKey, warn);
  const address = readAddress(read);
  return {
    ...wire,
    address,
    tls: formats.readTls(read, address),
    authKey,
    authData: read.matching('authData', {}, isAuthData, 'an object that is JSON, or a function'),
    heartBeatInterval: read.duration('heartBeatInterval', 30_000, 'SOCKET_HEARTBEAT_INTERVAL'),
    connectTimeout: read.duration('connectTimeout', 10_000),
    reconnect: readReconnect(read),
    handlers: read.matching('handlers', {}, isObjectOfFunctions, 'an object of functions'),
    maxMessageSize: read.number('maxMessageSize', 16 * 1024 * 1024, { min: 64, max: 2 ** 31 - 1 }),
    maxStreamBacklog: read.number('maxStreamBacklog', 10_000, { min: 1, orInfinity: true }),
    telemetry: readTelemetry(read, 'tracing'),
  };
}

function readAddress(read: OptionReader): string {
  const given = read.matching('address', '', isAddress, ADDRESS_EXPECTED, 'SOCKET_ADDRESS');
  return given || `ws://localhost:${readPort(read)}`;
}

/** What lets a server choose its port, or share another's, says nothing to clients. */
function readPort(read: OptionReader): number {
  const isPort = !['http', '0'].includes(environment()['SOCKET_PORT'] ?? '');
  return isPort ? read.number('port', DEFAULT_PORT, LOCAL_PORT) : DEFAULT_PORT;
}

function isAddress(value: unknown): boolean {
  return (
    typeof value === 'string' && URL.canParse(value) && /^wss?:$/.test(new URL(value).protocol)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Otherwise every attempt to connect would fail, and be followed by another one.
function isAuthData(value: unknown): boolean {
  return typeof value === 'function' || isSendableObject(value);
}

export function isSendableObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  try {
    return toJson(AUTH, value) !== undefined;
  } catch {
    return false;
  }
}

function isObjectOfFunctions(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'function');
}
