/** What a peer is told about a failed request: PROTOCOL.md, section 6. Never a stack. */
export interface ErrorBody {
  /** Stable; what a program acts on. */
  code: string;
  /** For people. */
  message: string;
  /** For example what validation found. */
  details?: unknown;
}

/** What this package itself answers; handlers may choose other codes. */
export const ErrorCode = {
  /** No handler, or no hook, has this name. */
  UnknownHandler: 'UNKNOWN_HANDLER',
  /** A validation pipe refused the data; `details` lists why. */
  ValidationFailed: 'VALIDATION_FAILED',
  /** A guard said no. */
  Forbidden: 'FORBIDDEN',
  /** The handler threw a `WsException` without a code of its own. */
  WsException: 'WS_EXCEPTION',
  /** The connection has `maxStreams` open streams. */
  TooManyStreams: 'TOO_MANY_STREAMS',
  /** More than `maxStreamBacklog` values of a stream wait for the client. */
  StreamOverflow: 'STREAM_OVERFLOW',
  /** Anything else; the log of the other side has it. */
  Internal: 'INTERNAL',
} as const;

/** All that a peer learns about a failure that nobody meant to tell it about. */
export const INTERNAL_ERROR: ErrorBody = { code: ErrorCode.Internal, message: 'Internal error' };

/** Reads the `error` of a message from a peer, whatever it really holds. */
export function toErrorBody(error: unknown): ErrorBody {
  const { code, message, details } = (error ?? {}) as Partial<Record<keyof ErrorBody, unknown>>;
  return {
    code: typeof code === 'string' ? code : ErrorCode.Internal,
    message: typeof message === 'string' ? message : 'The peer gave no reason',
    ...(details === undefined ? {} : { details }),
  };
}
