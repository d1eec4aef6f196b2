import { AUTH } from '../../protocol/message-name.js';
import { CloseCode } from '../../protocol/close-code.js';
import { messageOf } from '../../logging/message-of.js';
import { SocketsError } from '../../protocol/sockets.errors.js';

/** How a connection ended. */
export interface CloseInfo {
  /** PROTOCOL.md, section 7; 1006 where no close frame came. */
  code: number;
  /** What the close frame said, or an empty text. */
  reason: string;
  /**
   * Whether the server itself said so, sealed; a close frame alone may come from anybody on the way.
   * Version 1 has nothing to tell it by: there is none.
   */
  clean?: boolean;
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
// The request as it is will do better another time, or the server will.
const TEMPORARY_STATUSES: readonly number[] = [408, 425, 429];
const STATUS_REASONS: Readonly<Record<number, string>> = {
  429: ' It has as many connections of this address as it takes ("maxConnectionsPerIp"; behind a proxy also "trustProxy").',
  502: ' A proxy on the way does not reach it.',
  503: ' It shuts down, is full ("maxConnections", "maxHandshakesPerSecond"), or its connection guard or key store failed: its log says which. Or a proxy on the way does not reach it.',
};
// PROTOCOL-V2.md V1.4.
const UPGRADE_REQUIRED = 426;
// What ws says of a server that selected none of those that were offered.
const NO_SUBPROTOCOL = 'Server sent no subprotocol';
const FIRST_SERVER_ERROR = 500;

// What Node says of a server that speaks no TLS, or whose certificate it does not trust.
const TLS_ERRORS =
  /^(EPROTO|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|HOSTNAME_MISMATCH|INVALID_CA)/;
// What OpenSSL says of certificates and keys that it cannot read, or that do not belong together.
const BAD_PEM = /^ERR_OSSL_/;
const NOT_HTTP = /^HPE_/;

/** Why a connection ended before it was authenticated: for good, or worth another attempt. */
export function closedEarly({ code, reason }: CloseInfo): SocketsError {
  if (code === CloseCode.TooBig) {
    return cannotConnect(
      `The server takes no "auth" of that size (close code ${code}). Send less in "authData", or raise the server's "maxUnauthenticatedMessageSize".`,
    );
  }
  return REJECTING_CODES.includes(code)
    ? authRejected(`close code ${code}${reason && `, ${reason}`}`)
    : connectionLost(AUTH, { code, reason });
}

/** The server answered the upgrade with an HTTP status. */
export function upgradeRefused(status: number): SocketsError {
  if (REJECTING_STATUSES.includes(status)) return authRejected(`HTTP ${status}`);
  if (status === UPGRADE_REQUIRED) return otherVersion(`HTTP ${status}`);
  if (status >= FIRST_SERVER_ERROR || TEMPORARY_STATUSES.includes(status)) {
    const why = STATUS_REASONS[status] ?? '';
    return new SocketsError(
      'CONNECTION_LOST',
      `The server refused the upgrade with HTTP ${status}.${why}`,
    );
  }
  return cannotConnect(
    `The server answered the upgrade with HTTP ${status}. See that host, port and path of "address" are those of a nestjs-sockets server.`,
  );
}

/** No WebSocket came to be, for a reason below it. */
export function unreachable(address: string, cause: Error & { code?: string }): SocketsError {
  const { code = '', message } = cause;
  if (BAD_PEM.test(code)) {
    return cannotConnect(
      `The option "tls" cannot be used (${message}). See that "ca", "cert" and "key" are PEM, and that "key" is that of "cert".`,
      cause,
    );
  }
  if (TLS_ERRORS.test(code)) {
    return cannotConnect(
      `No TLS connection to "address" (${message.trim()}). Use ws:// for a server that speaks no TLS, and for one that does see that its certificate is trusted: give a private CA in the option "tls" ({ ca }) or NODE_EXTRA_CA_CERTS, and a certificate of this client, if the server asks for one, in "tls" ({ cert, key }).`,
      cause,
    );
  }
  if (message === NO_SUBPROTOCOL) return otherVersion('it selected no subprotocol', cause);
  if (NOT_HTTP.test(code)) return speaksSomethingElse(cause);
  return new SocketsError(
    'CONNECTION_LOST',
    `Nothing answers at ${address} (${message || code}). See that the server runs, and that host, port and firewall let this program reach it.`,
    { cause },
  );
}

/** What answers at the address is not HTTP, as for ws:// to a port that speaks TLS. */
export function speaksSomethingElse(cause: Error): SocketsError {
  return cannotConnect(
    `What listens at "address" does not answer in HTTP (${cause.message}). Use wss:// for a server that speaks TLS, and see that host and port are right.`,
    cause,
  );
}

export function otherVersion(how: string, cause?: Error): SocketsError {
  return cannotConnect(
    `The server does not speak the version of the wire that this client does (${how}). Set "version" to 1 for a server of @stonyx/sockets or with "versions: [1]", and to 2 for one with "versions: [2]". Without "encryption" there is only version 1.`,
    cause,
  );
}

/**
 * The server took the upgrade, and then said nothing (PROTOCOL-V2.md V4.6). One that knows version 2
 * answers together with the upgrade, so waiting would not help.
 */
export function noReply(timeout: number): SocketsError {
  return otherVersion(
    `it took the upgrade, but did not answer the hello of version 2 within ${timeout} ms, as servers of @stonyx/sockets never do`,
  );
}

/** Whoever answered has not the keys that the server must have. */
export function badReply(cause: unknown): SocketsError {
  return new SocketsError(
    'CONNECTION_LOST',
    'Whoever answered the hello does not hold the keys of the server. See that nothing on the way answers in its place.',
    { cause },
  );
}

/** No further attempt with the same options can do better. */
export function cannotConnect(message: string, cause?: unknown): SocketsError {
  return new SocketsError('CANNOT_CONNECT', message, cause === undefined ? undefined : { cause });
}

export function authRejected(how: string): SocketsError {
  return new SocketsError(
    'AUTH_REJECTED',
    `The server rejected the authentication (${how}). Check that "authKey" and "encryption" (and "serverPublicKey" and "identity", if you use them) fit the server's, and what the server's auth handler asks of "authData".`,
  );
}

export function connectionLost(request: string, { code, reason }: CloseInfo): SocketsError {
  return new SocketsError(
    'CONNECTION_LOST',
    `The connection was lost (${described(code, reason)}) before "${request}" was answered. It may have been handled or not; ask again if that does no harm.`,
  );
}

/** What the way back begins with. */
export function connectionGone({ code, reason }: CloseInfo): SocketsError {
  return new SocketsError(
    'CONNECTION_LOST',
    `The connection was lost (${described(code, reason)}).`,
  );
}

/** The reply to `auth` is not truthy, as that of a server which accepts is: PROTOCOL.md, 5.2. */
export function notAccepted(response: unknown): SocketsError {
  return authRejected(`its answer was ${JSON.stringify(response)}`);
}

/** The function `authData` of the application gave nothing to authenticate with. */
export function authDataFailed(cause: unknown): SocketsError {
  return new SocketsError(
    'AUTH_DATA_FAILED',
    `The function "authData" failed: ${messageOf(cause)}`,
    {
      cause,
    },
  );
}

/** A hook of the application threw at the reply to `auth`. */
export function refusedByHook(cause: unknown): SocketsError {
  return new SocketsError(
    'AUTH_REJECTED',
    `A hook "auth" of this client did not take the server's reply: ${messageOf(cause)}`,
    { cause },
  );
}

/** PROTOCOL.md R5.6: of a server that echoes no ids. */
export function uncertainReply(request: string): SocketsError {
  return new SocketsError(
    'REPLY_UNCERTAIN',
    `An earlier request "${request}" was given up, and its reply may still come. The server echoes no ids, so that reply would be taken for the one to this request, which was not sent. Call reconnect(), or wait for the late reply, and ask again.`,
  );
}

/** The server echoes no ids, and so knows no streams. */
export function noStreams(request: string): SocketsError {
  return new SocketsError(
    'UNSUPPORTED_BY_PEER',
    `The server did not echo the id of "auth", as servers of the original do not, so it would not stream "${request}". Ask with request(), which gets one reply.`,
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
  return new SocketsError(
    'RECONNECT_FAILED',
    `Gave up after ${attempts} failed attempts. The last one: ${messageOf(cause)} See that the server runs at "address", or raise reconnect.maxAttempts.`,
    { cause },
  );
}

function described(code: number, reason: string): string {
  return reason ? `${code}, ${reason}` : String(code);
}
