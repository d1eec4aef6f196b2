import type { ResolvedClientOptions } from '../../client/core/client.options.js';
import { usesAuthKey } from '../../client/core/client-wire.js';
import { weaknessOf } from '../../options/auth-key.js';
import { environment } from '../../options/environment.js';

export type KeyOptions = Pick<
  ResolvedClientOptions,
  'version' | 'pattern' | 'encryption' | 'authKey'
>;

const NOT_SET =
  'SOCKET_AUTH_KEY is not set: set it to the key of the server, or name the file that has it with --env.';
const SET_KEY = 'Set SOCKET_AUTH_KEY to the key of the server.';
const SEE_SERVER_KEY =
  'See that SOCKET_SERVER_PUBLIC_KEY belongs to the serverKey of the server, and that';

/** What to do where the server does not know the keys of a hello. */
export function adviceOnHello({ pattern }: KeyOptions): string {
  const isMissing = isKeyMissing();
  switch (pattern) {
    case 'NNpsk0':
      return isMissing ? NOT_SET : `${SET_KEY} With a keyStore, see --key-id, too.`;
    case 'NKpsk0':
      return 'See that SOCKET_AUTH_KEY is the key of the server, and SOCKET_SERVER_PUBLIC_KEY belongs to its serverKey.';
    case 'NK':
      return `SOCKET_AUTH_KEY is not set, which is right where the server has none. ${SEE_SERVER_KEY} it has one.`;
    case 'IK':
      return `${SEE_SERVER_KEY} its keyStore knows the public key of this device.`;
  }
}

/** What to do where a server could not open what a client of version 1 sent. */
export function adviceOnSeal(): string {
  const advice = isKeyMissing() ? NOT_SET : SET_KEY;
  return `${advice} Or it has no encryption: --no-encryption.`;
}

/** What is to be said of a key that fits. */
export function adviceOnGoodKey({ authKey, pattern, version }: KeyOptions): string | undefined {
  const weakness = usesAuthKey({ version, pattern }) ? weaknessOf(authKey) : undefined;
  if (weakness === undefined) return undefined;
  const why = isKeyMissing() ? 'SOCKET_AUTH_KEY is not set. ' : '';
  return `${why}${weakness} nestjs-sockets keygen makes a better one.`;
}

/** The command line takes it from nowhere else. */
function isKeyMissing(): boolean {
  return !environment()['SOCKET_AUTH_KEY'];
}
