import { SocketsError } from '../protocol/sockets.errors.js';
import { environment } from './environment.js';

/** What the original uses when nobody sets a key. Everybody knows it. */
export const DEFAULT_AUTH_KEY = 'AUTH_KEY';

const MIN_LENGTH = 16;

/**
 * What is wrong with a key, if anything. It is found by guessing offline from a single recorded
 * frame, so short and well-known ones protect nothing.
 */
export function weaknessOf(authKey: string, option = 'authKey'): string | undefined {
  if (authKey === DEFAULT_AUTH_KEY) {
    return `The ${option} is the well-known default "${DEFAULT_AUTH_KEY}".`;
  }
  if (authKey.length < MIN_LENGTH) {
    return `The ${option} has ${authKey.length} characters; at least ${MIN_LENGTH} are needed.`;
  }
  return undefined;
}

/**
 * @throws SocketsError for a weak key in production; elsewhere `warn` hears of it
 */
export function assertStrongKey(
  key: string,
  warn: (message: string) => void,
  option: 'authKey' | 'clusterKey' = 'authKey',
): void {
  const weakness = weaknessOf(key, option);
  if (weakness === undefined) return;
  const where =
    option === 'authKey' ? 'the option "authKey" or SOCKET_AUTH_KEY' : `the option "${option}"`;
  const advice = `${weakness} Set ${where} to a random secret, for example what this prints: npx nestjs-sockets keygen`;
  if (environment()['NODE_ENV'] === 'production') throw new SocketsError('INVALID_OPTION', advice);
  warn(
    `${advice}\nAnybody can read and forge what this key protects. With NODE_ENV=production this is an error.`,
  );
}
