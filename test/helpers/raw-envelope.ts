import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

const SALT = 'stonyx-sockets';
const COST = { N: 16_384, r: 8, p: 1 };
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const globalKeys = new Map<string, Promise<Buffer>>();

/** R3.1. Remembered per authKey, because scrypt is slow on purpose. */
export function globalKey(authKey: string): Promise<Buffer> {
  let key = globalKeys.get(authKey);
  if (!key) {
    key = deriveKey(authKey);
    globalKeys.set(authKey, key);
  }
  return key;
}

function deriveKey(authKey: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(authKey, SALT, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** R3.2. */
export function makeSessionKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** R3.2, from the receiver's side: exactly 32 bytes in standard base64 with padding. */
export function readSessionKey(text: unknown): Buffer {
  const key = Buffer.from(String(text), 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== text) {
    throw new Error(`Not a session key: ${JSON.stringify(text)}`);
  }
  return key;
}

/** R2.1: `iv | tag | ciphertext`. */
export function seal(
  plaintext: string | Buffer,
  key: Buffer,
  iv: Buffer = randomBytes(IV_BYTES),
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  const ciphertext = Buffer.concat([
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext),
    cipher.final(),
  ]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** The inverse of `seal`; throws when the frame is too short or the tag does not verify. */
export function open(frame: Buffer, key: Buffer): Buffer {
  if (frame.length < IV_BYTES + TAG_BYTES) {
    throw new Error(`A sealed frame has at least 28 bytes, not ${frame.length}`);
  }
  const tag = frame.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, ivOf(frame), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(frame.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

export function ivOf(frame: Buffer): Buffer {
  return frame.subarray(0, IV_BYTES);
}

/** A copy with one bit flipped: in the iv (0 to 11), the tag (12 to 27) or the ciphertext. */
export function tamper(frame: Buffer, offset: number = frame.length - 1): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt8(copy.readUInt8(offset) ^ 1, offset);
  return copy;
}
