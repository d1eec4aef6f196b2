import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { AuthFailures } from '../operations/auth-failures.js';
import type { LimitLog } from '../operations/limit-log.js';
import type { ClientRooms } from './client-rooms.js';
import type { ConnectedClient } from './connected-client.js';
import type { Journey } from '../flow/intake.js';
import type { Traffic } from '../operations/traffic.js';

/** What all connections of a server share. */
export interface ConnectionContext<Connection> {
  readonly options: ResolvedSocketsOptions;
  readonly limitLog: LimitLog;
  readonly traffic: Traffic;
  readonly authFailures: AuthFailures;
  readonly rooms: ClientRooms<ConnectedClient>;
  /** Where its messages go. */
  readonly journey: Journey<Connection>;
}
