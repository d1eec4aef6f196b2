import { utf8 } from '../../protocol/utf8.js';
import { joined } from '../../envelope/joined.js';
import { CipherState } from './cipher-state.js';
import { hkdf, sha256, type Bytes } from './web-crypto.js';

const HASH_LENGTH = 32;
const NOTHING = new Uint8Array();

/** What both sides of a handshake have mixed in so far: Noise, 5.2. */
export class SymmetricState {
  private chainingKey: Bytes;
  private cipher: CipherState | undefined;

  /** @param hash Of everything that was said: alike on both sides, or nothing opens */
  private constructor(private hash: Bytes) {
    this.chainingKey = hash;
  }

  static async of(protocolName: string): Promise<SymmetricState> {
    const name = utf8.encode(protocolName);
    const fits = name.length <= HASH_LENGTH;
    const padding = new Uint8Array(Math.max(0, HASH_LENGTH - name.length));
    return new SymmetricState(fits ? joined(name, padding) : await sha256(name));
  }

  async mixHash(data: Uint8Array): Promise<void> {
    this.hash = await sha256(this.hash, data);
  }

  async mixKey(input: Bytes): Promise<void> {
    const [chainingKey, key] = await this.derive(input, 2);
    this.chainingKey = chainingKey!;
    this.cipher = await CipherState.of(key!);
  }

  async mixKeyAndHash(input: Bytes): Promise<void> {
    const [chainingKey, hash, key] = await this.derive(input, 3);
    this.chainingKey = chainingKey!;
    await this.mixHash(hash!);
    this.cipher = await CipherState.of(key!);
  }

  async encryptAndHash(plaintext: Bytes): Promise<Bytes> {
    const sealed = this.cipher ? await this.cipher.encrypt(plaintext, this.hash) : plaintext;
    await this.mixHash(sealed);
    return sealed;
  }

  async decryptAndHash(sealed: Bytes): Promise<Bytes> {
    const plaintext = this.cipher ? await this.cipher.decrypt(sealed, this.hash) : sealed;
    await this.mixHash(sealed);
    return plaintext;
  }

  /** The keys of the two directions, the initiator's first. */
  async split(): Promise<[CipherState, CipherState]> {
    const [first, second] = await this.derive(NOTHING, 2);
    return [await CipherState.of(first!), await CipherState.of(second!)];
  }

  // Noise's HKDF is that of RFC 5869 with the chaining key for salt, and no info.
  private async derive(input: Bytes, outputs: number): Promise<Bytes[]> {
    const all = await hkdf(input, outputs * HASH_LENGTH, { salt: this.chainingKey });
    return Array.from({ length: outputs }, (_, index) =>
      all.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH),
    );
  }
}
