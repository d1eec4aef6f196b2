import type { ErrorBody } from './error-body.js';

/** Stable codes of the errors that this package throws. */
export type SocketsErrorCode =
  | 'INVALID_OPTION'
  | 'MISSING_AUTH_HANDLER'
  | 'DUPLICATE_HANDLER'
  | 'RESERVED_HANDLER_NAME'
  | 'INVALID_HANDLER_NAME'
  | 'EMPTY_HANDLER'
  | 'SHADOWED_METHOD'
  | 'UNUSABLE_ENHANCER'
  | 'ADAPTER_REPLACED'
  | 'UNSUPPORTED_VERSION'
  | 'GATEWAY_NOT_SUPPORTED'
  | 'DUPLICATE_MODULE'
  | 'LISTEN_FAILED'
  | 'INVALID_MESSAGE'
  | 'INVALID_CLOSE'
  | 'UNKNOWN_CLIENT'
  | 'INVALID_ROOM'
  | 'TOO_MANY_ROOMS'
  | 'NO_HISTORY'
  | 'ENGINE_UNAVAILABLE'
  | 'NOT_CONNECTED'
  | 'AUTH_DATA_FAILED'
  | 'AUTH_REJECTED'
  | 'CANNOT_CONNECT'
  | 'CONNECTION_LOST'
  | 'RECONNECT_FAILED'
  | 'CLIENT_CLOSED'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_ABORTED'
  | 'STREAM_OVERFLOW'
  | 'REPLY_UNCERTAIN'
  | 'UNSUPPORTED_BY_PEER';

/** The base of every error that this package throws: a stable `code`, a `cause`, and the fix. */
export class SocketsError extends Error {
  /** The name of the class, also where it was minified. */
  override readonly name: string = 'SocketsError';

  constructor(
    /** Stable; what a program acts on. */
    readonly code: SocketsErrorCode | (string & {}),
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether it is one of these errors. What was thrown may be anything, a proxy that throws too. */
export function isSocketsError(error: unknown): error is SocketsError {
  try {
    return error instanceof SocketsError;
  } catch {
    return false;
  }
}

/** A reply did not come in time. */
export class RequestTimeoutError extends SocketsError {
  override readonly name = 'RequestTimeoutError';

  constructor(request: string, timeout: number) {
    super(
      'REQUEST_TIMEOUT',
      `No reply to "${request}" within ${timeout} ms. Raise { timeout }, or see why its handler takes so long.`,
    );
  }
}

/** The caller's AbortSignal fired before the reply came. `cause` is the signal's reason. */
export class RequestAbortedError extends SocketsError {
  override readonly name = 'RequestAbortedError';

  constructor(request: string, reason: unknown) {
    super('REQUEST_ABORTED', `The request "${request}" was aborted by its signal.`, {
      cause: reason,
    });
  }
}

/** The other side answered with an error: its code, message and details. */
export class RemoteError extends SocketsError {
  override readonly name = 'RemoteError';
  /** For example what validation found. */
  readonly details: unknown;

  constructor(
    /** The name of the request that failed. */
    readonly request: string,
    { code, message, details }: ErrorBody,
  ) {
    super(code, message);
    this.details = details;
  }
}
