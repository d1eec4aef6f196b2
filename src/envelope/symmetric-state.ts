import { createHash } from 'node:crypto';
import { CipherState } from './cipher-state.js';
import { hkdf } from './hkdf.js';

const HASH_LENGTH = 32;
const NOTHING = Buffer.alloc(0);

/** What both sides of a handshake have mixed in so far: Noise, 5.2. */
export class SymmetricState {
  /** Of everything that was said: alike on both sides, or nothing opens. */
  hash: Buffer;
  private chainingKey: Buffer;
  private cipher: CipherState | undefined;

  constructor(protocolName: string) {
    const name = Buffer.from(protocolName);
    const fits = name.length <= HASH_LENGTH;
    this.hash = fits ? Buffer.concat([name], HASH_LENGTH) : sha256(name);
    this.chainingKey = this.hash;
  }

  mixHash(data: Uint8Array): void {
    this.hash = sha256(this.hash, data);
  }

  mixKey(input: Buffer): void {
    const [chainingKey, key] = this.derive(input, 2);
    this.chainingKey = chainingKey!;
    this.cipher = new CipherState(key!);
  }

  mixKeyAndHash(input: Buffer): void {
    const [chainingKey, hash, key] = this.derive(input, 3);
    this.chainingKey = chainingKey!;
    this.mixHash(hash!);
    this.cipher = new CipherState(key!);
  }

  get hasKey(): boolean {
    return this.cipher !== undefined;
  }

  encryptAndHash(plaintext: Buffer): Buffer {
    const sealed = this.cipher ? this.cipher.encrypt(plaintext, this.hash) : plaintext;
    this.mixHash(sealed);
    return sealed;
  }

  /** @throws BadEnvelopeError */
  decryptAndHash(sealed: Buffer): Buffer {
    const plaintext = this.cipher ? this.cipher.decrypt(sealed, this.hash) : sealed;
    this.mixHash(sealed);
    return plaintext;
  }

  /** The keys of the two directions, the initiator's first. */
  split(): [CipherState, CipherState] {
    const [first, second] = this.derive(NOTHING, 2);
    return [new CipherState(first!), new CipherState(second!)];
  }

  // Noise's HKDF is that of RFC 5869 with the chaining key for salt, and no info.
  private derive(input: Buffer, outputs: number): Buffer[] {
    const all = hkdf(input, this.chainingKey, NOTHING, outputs * HASH_LENGTH);
    return Array.from({ length: outputs }, (_, index) =>
      all.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH),
    );
  }
}

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
