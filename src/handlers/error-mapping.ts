import { HttpException, HttpStatus } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { ErrorCode, INTERNAL_ERROR, type ErrorBody } from '../protocol/error-body.js';

/** What a handler's failure tells the peer, and whether the log should hear of it. */
export interface MappedError {
  body: ErrorBody;
  /** False for a failure that nobody foresaw. */
  expected: boolean;
}

/** From an exception to PROTOCOL.md, section 6. Whatever is not meant for the peer stays here. */
export function mapError(error: unknown): MappedError {
  try {
    return mapKnown(error);
  } catch {
    // It may be a proxy, or its getters may throw.
    return { body: INTERNAL_ERROR, expected: false };
  }
}

function mapKnown(error: unknown): MappedError {
  if (error instanceof WsException) return { body: fromWsException(error), expected: true };
  if (error instanceof HttpException) {
    return { body: fromHttpException(error), expected: error.getStatus() < 500 };
  }
  return { body: INTERNAL_ERROR, expected: false };
}

function fromWsException(exception: WsException): ErrorBody {
  const error: unknown = exception.getError();
  if (typeof error === 'string') return { code: ErrorCode.WsException, message: error };
  const { code, message, details } = (error ?? {}) as Partial<Record<keyof ErrorBody, unknown>>;
  return {
    code: typeof code === 'string' ? code : ErrorCode.WsException,
    message: typeof message === 'string' ? message : exception.message,
    ...(details === undefined ? {} : { details }),
  };
}

function fromHttpException(exception: HttpException): ErrorBody {
  const response = exception.getResponse();
  const status = exception.getStatus();
  const code = HttpStatus[status] ?? `HTTP_${status}`;
  if (typeof response === 'string') return { code, message: response };
  const {
    message,
    error,
    statusCode: _statusCode,
    ...rest
  } = (response ?? {}) as Record<string, unknown>;
  // What validation pipes throw: a list of what is wrong in place of a message.
  if (Array.isArray(message)) {
    const validation = status === (HttpStatus.BAD_REQUEST as number);
    return {
      code: validation ? ErrorCode.ValidationFailed : code,
      message: typeof error === 'string' ? error : exception.message,
      details: message,
    };
  }
  return {
    code,
    message: typeof message === 'string' ? message : exception.message,
    ...(Object.keys(rest).length === 0 ? {} : { details: rest }),
  };
}
