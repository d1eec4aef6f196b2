import { OptionReader } from '../../options/option-reader.js';

/** How a client comes back after it lost its connection: PROTOCOL.md R9.3. */
export interface ReconnectOptions {
  /**
   * Milliseconds: the longest first delay. Each delay is random, between 0 and a bound that doubles.
   * Environment: `SOCKET_RECONNECT_BASE_DELAY`.
   * @default 1000
   */
  baseDelay?: number;
  /**
   * Milliseconds: where the bound stops to double. Environment: `SOCKET_RECONNECT_MAX_DELAY`.
   * @default 60000
   */
  maxDelay?: number;
  /**
   * Failed attempts in a row after which the client gives up, with the event `reconnectFailed`; 0 is
   * the same as `reconnect: false`. Environment: `SOCKET_MAX_RECONNECT_ATTEMPTS`.
   * @default Infinity
   */
  maxAttempts?: number;
}

export function readReconnect(read: OptionReader): Required<ReconnectOptions> | false {
  const value = read.matching<ReconnectOptions | false>(
    'reconnect',
    {},
    isObjectOrFalse,
    'an object or false',
  );
  if (value === false) return false;
  const own = new OptionReader('SocketClient reconnect', value);
  own.assertKnown(['baseDelay', 'maxDelay', 'maxAttempts']);
  const max = 2 ** 31 - 1;
  const [baseVariable, maxVariable] = ['SOCKET_RECONNECT_BASE_DELAY', 'SOCKET_RECONNECT_MAX_DELAY'];
  const baseDelay = own.number('baseDelay', 1_000, { min: 0, max, variable: baseVariable });
  const maxDelay = own.number('maxDelay', 60_000, { min: 0, max, variable: maxVariable });
  const maxAttempts = own.number('maxAttempts', Infinity, {
    min: 0,
    orInfinity: true,
    variable: 'SOCKET_MAX_RECONNECT_ATTEMPTS',
  });
  return maxAttempts === 0 ? false : { baseDelay, maxDelay, maxAttempts };
}

function isObjectOrFalse(value: unknown): boolean {
  return value === false || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
