/** What is expected of a key in an option. Errors say this, and never the key. */
export const KEY_EXPECTED =
  'an X25519 key, 43 characters of base64url, as "npx nestjs-sockets keygen" prints it';

// 32 bytes are 42 characters and four bits: the last character has no others.
const KEY_TEXT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

export function isKeyText(value: unknown): value is string {
  return typeof value === 'string' && KEY_TEXT.test(value);
}
