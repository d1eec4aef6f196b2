import { SocketsError } from '../../protocol/sockets.errors.js';

const LONGEST_TIMER = 2 ** 31 - 1;

/** Until when the credentials of a client are good. */
export class Expiry {
  private timer: NodeJS.Timeout | undefined;

  /** @param expiresAt Milliseconds since 1970 */
  constructor(
    readonly expiresAt: number,
    private readonly onExpired: () => void,
  ) {
    this.wait();
  }

  get milliseconds(): number {
    return Math.max(0, this.expiresAt - Date.now());
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    const { milliseconds } = this;
    const next = milliseconds > LONGEST_TIMER ? () => this.wait() : this.onExpired;
    this.timer = setTimeout(next, Math.min(milliseconds, LONGEST_TIMER));
    this.timer.unref();
  }
}

/**
 * When credentials end that an application names, in milliseconds since 1970; undefined for never.
 * @throws SocketsError `INVALID_OPTION`
 */
export function expiryOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = value instanceof Date ? value.getTime() : value;
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  throw new SocketsError(
    'INVALID_OPTION',
    'When credentials expire is a Date, or milliseconds since 1970 (a JWT has seconds: exp * 1000).',
  );
}
