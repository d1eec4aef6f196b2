import { createCipheriv, createDecipheriv } from 'node:crypto';
import { BadEnvelopeError } from './bad-envelope.error.js';
import { SYMMETRIC_KEY_LENGTH, TAG_LENGTH } from './lengths.js';
import { MAX_COUNT } from './record-types.js';

const ALGORITHM = 'aes-256-gcm';
const CIPHER_OPTIONS = { authTagLength: TAG_LENGTH };
const NONCE_LENGTH = 12;
const NO_DATA = Buffer.alloc(0);
const REKEY_PLAINTEXT = Buffer.alloc(SYMMETRIC_KEY_LENGTH);
// The nonce of a rekey is 2^64 - 1, which no message can have.
const REKEY_NONCE = Buffer.concat([Buffer.alloc(4), Buffer.alloc(8, 0xff)]);

// One for all: the cipher has copied it before anybody else can write into it.
const nonce = Buffer.alloc(NONCE_LENGTH);

/** The nonce of a number: four zero bytes, and the number in 64 bits, high byte first. */
function nonceOf(count: number): Buffer {
  if (count >= MAX_COUNT) throw new BadEnvelopeError('all numbers are used up: reconnect');
  nonce.writeUInt32BE(Math.floor(count / 2 ** 32), 4);
  nonce.writeUInt32BE(count >>> 0, 8);
  return nonce;
}

/** A key and the number of the next message under it: Noise, 5.1. */
export class CipherState {
  constructor(
    private key: Uint8Array,
    private next = 0,
  ) {}

  /** How many messages there were. */
  get count(): number {
    return this.next;
  }

  /** Writes the ciphertext and its tag into `target`, and returns the offset behind them. */
  encryptInto(
    target: Buffer,
    offset: number,
    plaintext: Uint8Array | string,
    encoding?: BufferEncoding,
    associated?: Buffer,
  ): number {
    const cipher = createCipheriv(ALGORITHM, this.key, nonceOf(this.next), CIPHER_OPTIONS);
    this.next++;
    if (associated) cipher.setAAD(associated);
    const ciphertext =
      typeof plaintext === 'string'
        ? cipher.update(plaintext, encoding ?? 'utf8')
        : cipher.update(plaintext);
    cipher.final();
    target.set(ciphertext, offset);
    target.set(cipher.getAuthTag(), offset + ciphertext.length);
    return offset + ciphertext.length + TAG_LENGTH;
  }

  /** ENCRYPT of the specification. */
  encrypt(plaintext: Buffer, associated?: Buffer): Buffer {
    const sealed = Buffer.allocUnsafe(plaintext.length + TAG_LENGTH);
    this.encryptInto(sealed, 0, plaintext, undefined, associated);
    return sealed;
  }

  /**
   * DECRYPT of the specification: the number stays when it fails.
   * @throws BadEnvelopeError
   */
  decrypt(sealed: Buffer, associated?: Buffer): Buffer {
    const end = sealed.length - TAG_LENGTH;
    if (end < 0) throw new BadEnvelopeError('too short');
    const decipher = createDecipheriv(ALGORITHM, this.key, nonceOf(this.next), CIPHER_OPTIONS);
    if (associated) decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(end));
    // GCM is a stream: update() returns everything, and final() only verifies the tag.
    const plaintext = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch (cause) {
      throw new BadEnvelopeError('wrong key, out of order, or tampered with', { cause });
    }
    this.next++;
    return plaintext;
  }

  /** REKEY of the specification: the numbers go on. */
  rekey(): void {
    const cipher = createCipheriv(ALGORITHM, this.key, REKEY_NONCE, CIPHER_OPTIONS);
    cipher.setAAD(NO_DATA);
    this.key = cipher.update(REKEY_PLAINTEXT);
    cipher.final();
  }
}
