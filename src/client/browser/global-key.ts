import { scryptAsync } from '@noble/hashes/scrypt.js';
import type { Bytes } from './web-crypto.js';

// What Node's scrypt does when nobody says otherwise.
const COST = { N: 2 ** 14, r: 8, p: 1 };

/** PROTOCOL.md R3.1, which WebCrypto cannot do. Takes some 150 ms, in slices of 10. */
export async function deriveGlobalKey(
  authKey: string,
  { salt, length }: { readonly salt: string; readonly length: number },
): Promise<Bytes> {
  return new Uint8Array(await scryptAsync(authKey, salt, { ...COST, dkLen: length }));
}
