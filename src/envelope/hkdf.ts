import { hkdfSync } from 'node:crypto';

/** HKDF-SHA256 of RFC 5869. */
export function hkdf(input: Buffer, salt: Buffer, info: Buffer | string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, length));
}
