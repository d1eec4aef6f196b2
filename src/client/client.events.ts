import type { EventEmitter } from 'node:events';
import type { RemoteError, SocketsError } from '../sockets.errors.js';
import type { CloseInfo } from './client.errors.js';

/**
 * - `idle`: not connected yet
 * - `connecting`: a connection is being made
 * - `connected`: authenticated
 * - `reconnecting`: the connection was lost or an attempt failed, and another one follows
 * - `failed`: gave up; `connect()` starts anew
 * - `closed`: ended by `close()`; `connect()` starts anew
 */
export type SocketClientState =
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed';

/** Events of `SocketClient.events`, with their arguments. */
export interface SocketClientEvents {
  /** The connection was lost or closed. Every open request is rejected by then. */
  disconnect: [CloseInfo];
  /** The next attempt starts in so many ms. Attempts count from 1 since the last success. */
  reconnecting: [{ attempt: number; delay: number }];
  /** Back: authenticated, under a new session key. */
  reconnected: [];
  /** Gave up coming back: the key was rejected, or `maxAttempts` is reached. */
  reconnectFailed: [SocketsError];
  /** What was sent with `send()` failed on the server. */
  errorReply: [RemoteError];
  /** A hook threw. Without a listener the error becomes an unhandled rejection. */
  hookFailed: [{ request: string; error: unknown }];
}

export type ClientEvents = EventEmitter<SocketClientEvents>;
