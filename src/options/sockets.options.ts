import type { Type } from '@nestjs/common';
import type { ServerTelemetry } from '../contract/telemetry.js';
import type { ConnectionGuard } from './connection-guard.js';
import type { PatternName } from '../envelope/hello.js';
import type { KeyStore } from './key-store.js';
import type { TrustProxy } from './trust-proxy.js';
import type { SocketsEngine } from '../engine/engine.js';
import type { RoomRules, RoomsOptions } from './room-options.js';
import type { WireVersion } from '../protocol/wire-version.js';
import type { SocketsLimits } from '../protocol/limits.js';

/** Inject it for the options in force: every default and environment variable applied. */
export const SOCKETS_OPTIONS = Symbol('nestjs-sockets:options');

/** The options as they were given to `forRoot()` or `forRootAsync()`. */
export const SOCKETS_MODULE_OPTIONS = Symbol('nestjs-sockets:module-options');

/**
 * Options of `SocketsModule.forRoot()`. Each may be left out. A wrong value refuses to start, with
 * the option's name and what was expected.
 */
export interface SocketsOptions extends Partial<SocketsLimits> {
  /**
   * The port to listen on; 0 takes any free one (see `SocketServer.address()`); `'http'` shares the
   * HTTP server of the Nest application, at `path`. Environment: `SOCKET_PORT`.
   * @default 2667
   */
  port?: number | 'http';
  /**
   * The path of the endpoint. Upgrades elsewhere are refused with 404 on an own port, and left to
   * others on a shared one.
   * @default '/'
   */
  path?: string;
  /**
   * The address to listen on, for example `'127.0.0.1'`.
   * @default all interfaces
   */
  host?: string;
  /**
   * The secret that clients share with the server: at least 16 characters, better 32 random bytes.
   * It seals everything until a session has its own key, so a guessable one can be found from one
   * recorded frame. The original's default, `'AUTH_KEY'`, and keys that are too short refuse to start
   * when `NODE_ENV` is `production`, and warn otherwise. Of several, any lets a client in: so keys are
   * changed without a moment at which somebody is shut out. Environment: `SOCKET_AUTH_KEY` (one key).
   * @default 'AUTH_KEY'
   */
  authKey?: string | readonly string[] | undefined;
  /**
   * The versions of the wire that clients may speak: 1 is that of the original, 2 has forward secrecy
   * and seals a turn's messages at once (PROTOCOL-V2.md). Others are refused with HTTP 426.
   * @default [1, 2]
   */
  versions?: readonly WireVersion[];
  /**
   * The handshakes of version 2 that clients may use: by a shared key (`NNpsk0`, `NKpsk0`), by the
   * server's key alone (`NK`), or as a device with a key of its own (`IK`). Others are refused with HTTP
   * 401. With `versions: [2]` and `['IK']` only devices get in, and there is no `authKey` that could leak.
   * @default all that the server has keys for
   */
  patterns?: readonly PatternName[];
  /**
   * The server's private key, as `npx nestjs-sockets keygen server` prints it, for clients that know
   * its public key (patterns NKpsk0, NK and IK). Without it those are refused. Environment:
   * `SOCKET_SERVER_KEY`.
   * @default none
   */
  serverKey?: string | undefined;
  /**
   * A class that knows more keys, and which devices may connect. It is resolved through DI, as
   * `connectionGuard`. Only version 2 asks it: about keys for NNpsk0 and NKpsk0, about devices for IK. To
   * refuse whoever shows neither, leave NK out of `patterns`.
   * @default none
   */
  keyStore?: Type<KeyStore>;
  /**
   * Version 2 fills what it sends to a multiple of so many bytes (at most 65,536), which hides how
   * long messages are. 0 does not.
   * @default 0
   */
  padding?: number;
  /**
   * Seals what `SocketServer.broadcast()` sends once for all clients of version 2, instead of once for
   * each. Given up: a client that also controls the network of another one could forge broadcasts to
   * it. PROTOCOL-V2.md, section 6.
   * @default false
   */
  sharedBroadcast?: boolean;
  /**
   * Seals every frame. Off, everything including the `authKey` travels in the clear: only behind TLS
   * or in tests. Clients must be configured alike. Environment: `SOCKET_ENCRYPTION` (`true` or
   * `false`, nothing else).
   * @default true
   */
  encryption?: boolean;
  /**
   * Milliseconds between two pings of a connection; `Infinity` sends none, and dead peers stay until
   * TCP gives up on them. Environment: `SOCKET_HEARTBEAT_INTERVAL`.
   * @default 30000
   */
  heartBeatInterval?: number;
  /**
   * The field in which pushes travel. `'auto'` is `data` for peers whose `auth` had an `id`, as ours
   * do, and `response` for all others: clients of the original read only that.
   * @default 'auto'
   */
  pushField?: 'auto' | 'data' | 'response';
  /**
   * What happens to a connection that stays above `sendHighWaterMark`: `'close'` ends it with 4503
   * after `slowConsumerTimeout`; `'drop'` loses pushes to it, and counts them in
   * `ConnectedClient.dropped`. Replies are never dropped.
   * @default 'close'
   */
  slowConsumerPolicy?: 'close' | 'drop';
  /**
   * Values of the `Origin` header that may connect, for example `['https://app.example.com']`, or
   * `'*'` for all. Browsers send the header and programs do not; without it nothing is checked.
   * @default only the origin whose host is the `Host` header, a default port named or not
   */
  allowedOrigins?: readonly string[] | '*';
  /**
   * A class that decides about each upgrade before a WebSocket exists, with HTTP 401, 403 or 429. It
   * is resolved through DI: list it in the `providers` of a module, or let Nest construct it.
   * @default none
   */
  connectionGuard?: Type<ConnectionGuard>;
  /**
   * The proxies whose `X-Forwarded-For` is believed, as Express has it: how many stand before the
   * server, or their addresses and networks, as text (with commas) or in an array, for example `1`,
   * `'10.0.0.0/8'` or `['loopback', '192.0.2.7']`. What they say is `ip` everywhere: of a client, in
   * limits, connection guard and log; and their `X-Forwarded-Host` counts as the host for the
   * `Origin`. A number believes whoever connects, so nobody may reach the port past the proxies.
   * @default false: `ip` is that of the TCP connection
   */
  trustProxy?: TrustProxy;
  /**
   * What the nodes of a cluster share: `redisEngine({ url })` of `nestjs-sockets/redis`. With it any
   * number of processes serve their clients as one server, behind any load balancer, and every id says
   * which node a client is on.
   * @default a process of its own, which needs nothing
   */
  engine?: SocketsEngine;
  /**
   * The secret under which nodes seal what they send to each other and store in the engine: at least 16
   * characters, the same on all of them. Of several, the first seals and any opens.
   * @default the `authKey`; where there is none, it must be given
   */
  clusterKey?: string | readonly string[] | undefined;
  /**
   * Histories, presence and states of rooms, by their name or the beginning of it: `{ 'table:*': {
   * history: 200, ttl: 300_000, presence: true } }`. Rooms that match none are there all the same.
   * @default {}
   */
  rooms?: RoomsOptions;
  /**
   * Milliseconds over which the clients of a node that shuts down come back to the others, each at a
   * random moment. In a process of its own they are told nothing of it.
   * @default 5000
   */
  drainSpread?: number;
  /**
   * Metrics and traces: `openTelemetry()` of `nestjs-sockets/telemetry`.
   * @default none, and nothing is loaded for it
   */
  telemetry?: ServerTelemetry | undefined;
  /**
   * Makes the module's providers available everywhere without importing it again.
   * @default false
   */
  isGlobal?: boolean;
}

/** Implemented by the class given to `SocketsModule.forRootAsync({ useClass | useExisting })`. */
export interface SocketsOptionsFactory {
  /** Called once, when the application starts. */
  createSocketsOptions(): Promise<SocketsOptions> | SocketsOptions;
}

/** The options in force. */
export interface ResolvedSocketsOptions {
  /** The port that was asked for; `SocketServer.address()` has the one that is used. */
  readonly port: number | 'http';
  /** Begins with a slash. */
  readonly path: string;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  /** The first of the keys; undefined where no peer may prove itself by one. */
  readonly authKey: string | undefined;
  /** All of them; any opens what peers send. */
  readonly authKeys: readonly string[];
  /** Of the wire that clients may speak. */
  readonly versions: readonly WireVersion[];
  /** The handshakes of version 2 that they may use. */
  readonly patterns: readonly PatternName[];
  /** The private key of version 2, as text. */
  readonly serverKey: string | undefined;
  /** Knows more keys, and devices. */
  readonly keyStore: Type<KeyStore> | undefined;
  /** What is sent is filled to a multiple of so many bytes; 0 is no padding. */
  readonly padding: number;
  /** Whether a broadcast is sealed once for all. */
  readonly sharedBroadcast: boolean;
  /** Off, everything travels in the clear. */
  readonly encryption: boolean;
  /** Milliseconds; `Infinity` is none. */
  readonly heartBeatInterval: number;
  /** The field in which pushes travel. */
  readonly pushField: 'auto' | 'data' | 'response';
  /** What happens to who does not read. */
  readonly slowConsumerPolicy: 'close' | 'drop';
  /** Undefined: the same host. */
  readonly allowedOrigins: readonly string[] | '*' | undefined;
  /** Decides before the upgrade. */
  readonly connectionGuard: Type<ConnectionGuard> | undefined;
  /** Whose `X-Forwarded-For` counts. */
  readonly trustProxy: TrustProxy;
  /** What nodes share; one of its own where no option names one. */
  readonly engine: SocketsEngine;
  /** Those of the nodes; none where the `authKey` serves. */
  readonly clusterKeys: readonly string[];
  /** What is kept of rooms, by their names. */
  readonly rooms: RoomRules;
  /** Milliseconds over which clients come back to other nodes. */
  readonly drainSpread: number;
  /** Where metrics and traces go; undefined where nobody wants any. */
  readonly telemetry: ServerTelemetry | undefined;
  /** All limits, with the defaults of those that were not given. */
  readonly limits: Readonly<SocketsLimits>;
}
