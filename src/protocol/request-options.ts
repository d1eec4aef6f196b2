import { SocketsError } from './sockets.errors.js';

/** How long a request waits for its reply, and what may end the wait early. */
export interface RequestOptions {
  /**
   * Milliseconds to wait for the reply; then the request rejects with `REQUEST_TIMEOUT` and a late
   * reply is ignored. At most 2147483647; `Infinity` waits as long as the connection lives.
   * @default 30000
   */
  timeout?: number;
  /** Rejects the request with `REQUEST_ABORTED` when it fires. The other side is not told. */
  signal?: AbortSignal;
}

// A timer that shall wait longer fires at once.
const MAX_TIMEOUT = 2 ** 31 - 1;

/** @throws SocketsError `INVALID_OPTION` */
export function assertTimeout(timeout: unknown): void {
  if (timeout === Infinity) return;
  if (typeof timeout === 'number' && timeout >= 0 && timeout <= MAX_TIMEOUT) return;
  throw invalid('timeout', `milliseconds from 0 to ${MAX_TIMEOUT}, or Infinity`, timeout);
}

/** @throws SocketsError `INVALID_OPTION` */
export function assertSignal(signal: unknown): void {
  if (signal === undefined) return;
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return;
  throw invalid('signal', 'an AbortSignal', signal);
}

function invalid(option: string, expected: string, value: unknown): SocketsError {
  const got = typeof value === 'number' ? String(value) : `a ${typeof value}`;
  return new SocketsError(
    'INVALID_OPTION',
    `The option "${option}" of a request must be ${expected}, not ${got}. Nothing was sent.`,
  );
}
