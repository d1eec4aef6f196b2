import { keyPairFrom, type KeyPair } from '../envelope/x25519.js';

/** The key pair of a private key in an option. */
export function keyPairOf(text: string): KeyPair {
  return keyPairFrom(Buffer.from(text, 'base64url'));
}
