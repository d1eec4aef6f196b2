// The envelope of PROTOCOL.md (section 2), as somebody would write it by hand who cares about speed:
// ivs from a pool, one buffer for each frame. Used by what the project is compared with, and by the
// load generator.
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_LENGTH = 12;
const HEAD_LENGTH = 28;

const pool = Buffer.allocUnsafeSlow(1024 * IV_LENGTH);
let poolOffset = pool.length;

function nextIv() {
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  return pool.subarray(poolOffset, (poolOffset += IV_LENGTH));
}

/**
 * @param {Buffer} key
 * @param {string} text
 * @param {Buffer} [iv] one from the pool unless given
 * @returns {Buffer} iv | tag | ciphertext
 */
export function seal(key, text, iv = nextIv()) {
  const cipher = createCipheriv(ALGORITHM, key, iv);
  const ciphertext = cipher.update(text, 'utf8');
  cipher.final();
  const frame = Buffer.allocUnsafe(HEAD_LENGTH + ciphertext.length);
  frame.set(iv, 0);
  frame.set(cipher.getAuthTag(), IV_LENGTH);
  frame.set(ciphertext, HEAD_LENGTH);
  return frame;
}

/**
 * @param {Buffer} key
 * @param {Buffer} frame
 * @returns {string}
 * @throws when the tag does not verify
 */
export function open(key, frame) {
  const decipher = createDecipheriv(ALGORITHM, key, frame.subarray(0, IV_LENGTH));
  decipher.setAuthTag(frame.subarray(IV_LENGTH, HEAD_LENGTH));
  const plain = decipher.update(frame.subarray(HEAD_LENGTH));
  decipher.final();
  return plain.utf8Slice(0, plain.length);
}
