import { utf8 } from './utf8.js';
import { SocketsError } from './sockets.errors.js';

/** Why a connection was closed: PROTOCOL.md, section 7. The 44xx codes mirror HTTP. */
export const CloseCode = {
  /** Done. */
  Normal: 1000,
  /** The server shuts down; clients come back. */
  GoingAway: 1001,
  /** The peer closed without a code. Nobody sends this one. */
  NoStatus: 1005,
  /** A message in far too many pieces. */
  PolicyViolation: 1008,
  /** A message is too big. */
  TooBig: 1009,
  /** Something failed that nobody foresaw; worth another attempt. */
  InternalError: 1011,
  /** A frame that does not open, is no message, or was replayed. */
  BadFrame: 4400,
  /** `auth` refused, or something else came before it; or credentials expired. */
  Unauthorized: 4401,
  /** A second `auth`. */
  Forbidden: 4403,
  /** No `auth` in time. */
  AuthTimeout: 4408,
  /** Too many messages. */
  TooMany: 4429,
  /** It does not read what it is sent. */
  TooSlow: 4503,
} as const;

/** No close frame came at all. Nobody sends it (RFC 6455, 7.4.1). */
export const ABNORMAL_CLOSURE = 1006;

/** What an endpoint may put into a close frame (RFC 6455, 7.4): 1004 to 1006 and 1015 are never sent. */
function isCloseCode(code: unknown): boolean {
  if (!Number.isInteger(code)) return false;
  const number = code as number;
  return (
    (number >= 1000 && number <= 1003) ||
    (number >= 1007 && number <= 1014) ||
    (number >= 3000 && number <= 4999)
  );
}

/**
 * The code and the reason of a connection that is about to be closed.
 * @throws SocketsError `INVALID_CLOSE`, before anything has changed
 */
export function assertClose(code: unknown, reason: unknown): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw new SocketsError(
      'INVALID_CLOSE',
      `${describeCode(code)} is no close code. Use 1000 (done), 1001 (going away), 1008 (policy violation), or one of your own from 4000 to 4999.`,
    );
  }
  if (reason !== undefined && typeof reason !== 'string') {
    throw new SocketsError(
      'INVALID_CLOSE',
      'The reason of a close is a string of up to 123 bytes.',
    );
  }
}

function describeCode(code: unknown): string {
  return typeof code === 'number' ? String(code) : `A ${typeof code}`;
}

const MAX_REASON_BYTES = 123;

/** A close reason as long as a control frame allows (RFC 6455, 5.5). */
export function fitCloseReason(reason: string): string {
  const { read } = utf8.encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, read);
}
