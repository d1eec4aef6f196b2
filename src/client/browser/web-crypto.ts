import { utf8 } from '../../protocol/utf8.js';
import { joined } from '../../envelope/joined.js';

/** The bytes that WebCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

const X25519 = 'X25519';
const NOTHING = new Uint8Array();

/** Bytes that come from code that does not know whose memory they are in. */
export function asBytes(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)));
}

/** HKDF-SHA256 of RFC 5869. */
export async function hkdf(
  input: Bytes,
  length: number,
  { salt = NOTHING, info = '' }: { salt?: Bytes; info?: string },
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', input, 'HKDF', false, ['deriveBits']);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
}

/** A key pair whose private half cannot be read by anybody, not even by this page. */
export function generateKeyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(X25519, false, ['deriveBits']);
}

export async function publicBytesOf({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
}

export function importPublicKey(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, X25519, true, []);
}

/** @throws for a public key that makes the secret all zero */
export async function sharedSecret(
  { privateKey }: CryptoKeyPair,
  publicKey: CryptoKey,
): Promise<Bytes> {
  const algorithm = { name: X25519, public: publicKey };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, privateKey, 256));
}

/** Whether it is a key pair that a handshake can use. */
export function isKeyPair(value: unknown): value is CryptoKeyPair {
  const { privateKey, publicKey } = (value ?? {}) as Partial<CryptoKeyPair>;
  const areX25519 = [privateKey, publicKey].every(
    (key) => key instanceof CryptoKey && key.algorithm.name === X25519,
  );
  return areX25519 && privateKey!.type === 'private' && privateKey!.usages.includes('deriveBits');
}
