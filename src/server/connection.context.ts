import type { Envelope } from '../envelope/envelope.js';
import type { ResolvedSocketsOptions } from '../sockets.options.js';
import type { AuthFailures } from './auth-failures.js';
import type { Connection } from './connection.js';
import type { LimitLog } from './limit-log.js';
import type { Traffic } from './traffic.js';

/** What all connections of a server share. */
export interface ConnectionContext {
  readonly options: ResolvedSocketsOptions;
  readonly limitLog: LimitLog;
  readonly traffic: Traffic;
  readonly authFailures: AuthFailures;
  /** In force until a connection has authenticated. */
  readonly envelope: Envelope;
  /** Lets what waits at a connection go on, as far as it may. */
  readonly resume: (connection: Connection) => void;
}
