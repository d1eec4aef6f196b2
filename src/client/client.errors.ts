import { CloseCode } from '../protocol/close-code.js';
import { SocketsError } from '../sockets.errors.js';

/** How a connection ended. */
export interface CloseInfo {
  code: number;
  reason: string;
}

// PROTOCOL.md R9.5. The original closes without a code when it does not like the key.
const REJECTING_CODES: readonly number[] = [
  CloseCode.Normal,
  CloseCode.NoStatus,
  CloseCode.BadFrame,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
];
const REJECTING_STATUSES: readonly number[] = [401, 403];

/** Why a connection ended before it was authenticated: for good, or worth another attempt. */
export function closedEarly({ code, reason }: CloseInfo): SocketsError {
  return REJECTING_CODES.includes(code)
    ? authRejected(`close code ${code}${reason && `, ${reason}`}`)
    : connectionLost(AUTH_STEP, { code, reason });
}

/** The server answered the upgrade with an HTTP status. */
export function upgradeRefused(status: number): SocketsError {
  if (REJECTING_STATUSES.includes(status)) return authRejected(`HTTP ${status}`);
  return new SocketsError('CONNECTION_LOST', `The server refused the upgrade with HTTP ${status}.`);
}

export function authRejected(how: string): SocketsError {
  return new SocketsError(
    'AUTH_REJECTED',
    `The server rejected the authentication (${how}). Check that "authKey" and "encryption" are the same on both sides, and what the server's auth handler asks of "authData".`,
  );
}

const AUTH_STEP = 'auth';

export function connectionLost(request: string, { code, reason }: CloseInfo): SocketsError {
  const why = reason ? `${code}, ${reason}` : String(code);
  return new SocketsError(
    'CONNECTION_LOST',
    `The connection was lost (${why}) before "${request}" was answered. It may have been handled or not; ask again if that does no harm.`,
  );
}

export function notConnected(state: string): SocketsError {
  return new SocketsError(
    'NOT_CONNECTED',
    `The client is ${state}, so nothing can be sent. Await connect(), or wait for the event "reconnected".`,
  );
}

export function clientClosed(): SocketsError {
  return new SocketsError('CLIENT_CLOSED', 'The client was closed with close().');
}

export function reconnectFailed(attempts: number, cause: unknown): SocketsError {
  const last = cause instanceof Error ? cause.message : String(cause);
  return new SocketsError(
    'RECONNECT_FAILED',
    `Gave up after ${attempts} failed attempts. The last one: ${last} See that the server runs at "address", or raise reconnect.maxAttempts.`,
    { cause },
  );
}
