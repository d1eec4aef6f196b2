import type { Type } from '@nestjs/common';
import type { ConnectionGuard } from './server/connection-guard.js';
import type { SocketsLimits } from './protocol/limits.js';

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
   * when `NODE_ENV` is `production`, and warn otherwise. Environment: `SOCKET_AUTH_KEY`.
   * @default 'AUTH_KEY'
   */
  authKey?: string | undefined;
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
   * The field in which pushes travel. The newest peers of the original read only `'response'`; ours
   * accept both.
   * @default 'data'
   */
  pushField?: 'data' | 'response';
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
   * @default only the origin whose host is the `Host` header
   */
  allowedOrigins?: readonly string[] | '*';
  /**
   * A class that decides about each upgrade before a WebSocket exists, with HTTP 401, 403 or 429. It
   * is resolved through DI: list it in the `providers` of a module, or let Nest construct it.
   * @default none
   */
  connectionGuard?: Type<ConnectionGuard>;
  /**
   * Makes the module's providers available everywhere without importing it again.
   * @default false
   */
  isGlobal?: boolean;
}

/** Implemented by the class given to `SocketsModule.forRootAsync({ useClass | useExisting })`. */
export interface SocketsOptionsFactory {
  createSocketsOptions(): Promise<SocketsOptions> | SocketsOptions;
}

/** The options in force. */
export interface ResolvedSocketsOptions {
  readonly port: number | 'http';
  readonly path: string;
  readonly host: string | undefined;
  readonly authKey: string;
  readonly encryption: boolean;
  readonly heartBeatInterval: number;
  readonly pushField: 'data' | 'response';
  readonly slowConsumerPolicy: 'close' | 'drop';
  readonly allowedOrigins: readonly string[] | '*' | undefined;
  readonly connectionGuard: Type<ConnectionGuard> | undefined;
  readonly limits: Readonly<SocketsLimits>;
}
