import { MAX_COUNT } from '../../envelope/record-types.js';
import { writeUint48 } from '../../envelope/uint48.js';
import { SYMMETRIC_KEY_LENGTH } from '../../envelope/lengths.js';
import type { Bytes } from './web-crypto.js';

const NOTHING = new Uint8Array();
const NONCE_LENGTH = 12;
// The nonce of a rekey is 2^64 - 1, which no message can have.
const REKEY_NONCE = new Uint8Array(NONCE_LENGTH).fill(0xff, 4);
const USAGES: KeyUsage[] = ['encrypt', 'decrypt'];

/** A key and the number of the next message under it: Noise, 5.1. Calls must await each other. */
export class CipherState {
  private constructor(
    private key: CryptoKey,
    private next: number,
  ) {}

  static async of(key: Bytes, next = 0): Promise<CipherState> {
    return new CipherState(await importKey(key), next);
  }

  /** How many messages there were. */
  get count(): number {
    return this.next;
  }

  /** The ciphertext, and behind it the tag. */
  async encrypt(plaintext: Bytes, associated: Bytes = NOTHING): Promise<Bytes> {
    const algorithm = this.algorithm(associated);
    this.next++;
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, this.key, plaintext));
  }

  /** The number stays when it fails. */
  async decrypt(sealed: Bytes, associated: Bytes = NOTHING): Promise<Bytes> {
    const algorithm = this.algorithm(associated);
    const plaintext = await crypto.subtle.decrypt(algorithm, this.key, sealed);
    this.next++;
    return new Uint8Array(plaintext);
  }

  /** REKEY of the specification: the numbers go on. */
  async rekey(): Promise<void> {
    const algorithm = { name: 'AES-GCM', iv: REKEY_NONCE };
    const zeros = new Uint8Array(SYMMETRIC_KEY_LENGTH);
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, this.key, zeros));
    this.key = await importKey(sealed.subarray(0, SYMMETRIC_KEY_LENGTH));
  }

  private algorithm(additionalData: Bytes): AesGcmParams {
    if (this.next >= MAX_COUNT) throw new Error('all numbers are used up: reconnect');
    const iv = new Uint8Array(NONCE_LENGTH);
    writeUint48(new DataView(iv.buffer), NONCE_LENGTH - 6, this.next);
    return { name: 'AES-GCM', iv, additionalData };
  }
}

function importKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, USAGES);
}
