import { deriveGlobalKey } from '../envelope/handshake.js';
import { derivePreSharedKey, type PreSharedKey } from '../envelope/pre-shared-key.js';

/** A key that a client shares with the server, as version 2 uses it: `id`, and `psk` of 32 bytes. */
export type SharedKey = PreSharedKey;

/**
 * What a `KeyStore` keeps of an `authKey`. Takes about 50 ms, off the event loop: derive it once.
 * @param authKey The client's own
 */
export async function deriveSharedKey(authKey: string): Promise<SharedKey> {
  return derivePreSharedKey(await deriveGlobalKey(authKey));
}
