/** What a peer is told about a failed request: PROTOCOL.md, section 6. Never a stack. */
export interface ErrorBody {
  /** Stable; what a program acts on. */
  code: string;
  /** For people. */
  message: string;
  /** For example what validation found. */
  details?: unknown;
}

export const ErrorCode = {
  UnknownHandler: 'UNKNOWN_HANDLER',
  ValidationFailed: 'VALIDATION_FAILED',
  Forbidden: 'FORBIDDEN',
  WsException: 'WS_EXCEPTION',
  TooManyStreams: 'TOO_MANY_STREAMS',
  StreamOverflow: 'STREAM_OVERFLOW',
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
