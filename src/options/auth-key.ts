import { SocketsError } from '../protocol/sockets.errors.js';
import { environment } from './environment.js';

/** What the original uses when nobody sets a key. Everybody knows it. */
export const DEFAULT_AUTH_KEY = 'AUTH_KEY';

const MIN_LENGTH = 16;

/**
 * What is wrong with a key, if anything. It is found by guessing offline from a single recorded
 * frame, so short and well-known ones protect nothing.
 */
export function weaknessOf(authKey: string): string | undefined {
  if (authKey === DEFAULT_AUTH_KEY) {
    return `The authKey is the well-known default "${DEFAULT_AUTH_KEY}".`;
  }
  if (authKey.length < MIN_LENGTH) {
    return `The authKey has ${authKey.length} characters; at least ${MIN_LENGTH} are needed.`;
  }
  return undefined;
}

/**
 * @throws SocketsError for a weak key in production; elsewhere `warn` hears of it
 */
export function assertStrongKey(authKey: string, warn: (message: string) => void): void {
  const weakness = weaknessOf(authKey);
  if (weakness === undefined) return;
  const advice = `${weakness} Set the option "authKey" or SOCKET_AUTH_KEY to a random secret, for example the output of: openssl rand -base64 32`;
  if (environment()['NODE_ENV'] === 'production') throw new SocketsError('INVALID_OPTION', advice);
  warn(
    `${advice}\nAnybody can read and forge what this key protects. With NODE_ENV=production this is an error.`,
  );
}
