import { joined } from '../../envelope/joined.js';
import { X25519_KEY_LENGTH } from '../../envelope/lengths.js';
import { HELLO_PATTERNS, prologueOf, type PatternName } from '../../envelope/hello.js';
import { protocolNameOf, type Token } from '../../envelope/noise-patterns.js';
import type { CipherState } from './cipher-state.js';
import { SymmetricState } from './symmetric-state.js';
import {
  generateKeyPair,
  importPublicKey,
  publicBytesOf,
  sharedSecret,
  type Bytes,
} from './web-crypto.js';

/** What a client brings. */
export interface ClientKeys {
  readonly pattern: PatternName;
  readonly keyId: string;
  readonly psk: Bytes | undefined;
  /** This side's static key pair. */
  readonly identity: CryptoKeyPair | undefined;
  /** The server's static public key. */
  readonly serverPublicKey: Bytes | undefined;
  /** Makes the ephemeral key pair. Only test vectors have their own. */
  readonly generate?: () => Promise<CryptoKeyPair>;
}

/** The initiator's side of a handshake, token by token: Noise, 5.3. */
export class Handshake {
  private ephemeral: CryptoKeyPair | undefined;
  private remoteEphemeral: CryptoKey | undefined;
  private remoteStatic: CryptoKey | undefined;

  private constructor(
    private readonly keys: ClientKeys,
    private readonly symmetric: SymmetricState,
  ) {}

  static async begin(keys: ClientKeys): Promise<Handshake> {
    const { pattern } = HELLO_PATTERNS[keys.pattern];
    const symmetric = await SymmetricState.of(protocolNameOf(pattern));
    await symmetric.mixHash(prologueOf(keys.pattern, keys.keyId));
    const handshake = new Handshake(keys, symmetric);
    if (pattern.knowsResponder) await handshake.knowServer(keys.serverPublicKey!);
    return handshake;
  }

  /** Noise's first message. */
  async write(): Promise<Bytes> {
    const parts: Bytes[] = [];
    for (const token of this.tokens(0)) parts.push(await this.writeToken(token));
    return joined(...parts, await this.symmetric.encryptAndHash(new Uint8Array()));
  }

  /**
   * Takes the second one, and returns its payload.
   * @throws when it does not come from who has the keys
   */
  async read(message: Bytes): Promise<Bytes> {
    if (message.length < X25519_KEY_LENGTH) throw new Error('too short');
    let rest = message;
    for (const token of this.tokens(1)) {
      if (token === 'e') rest = await this.readEphemeral(rest);
      else await this.mix(token);
    }
    return this.symmetric.decryptAndHash(rest);
  }

  /** What this side sends under, and what it receives under. */
  split(): Promise<[CipherState, CipherState]> {
    return this.symmetric.split();
  }

  private tokens(message: 0 | 1): readonly Token[] {
    return HELLO_PATTERNS[this.keys.pattern].pattern.messages[message];
  }

  private async knowServer(publicKey: Bytes): Promise<void> {
    await this.symmetric.mixHash(publicKey);
    this.remoteStatic = await importPublicKey(publicKey);
  }

  private async writeToken(token: Token): Promise<Bytes> {
    if (token === 'e') {
      this.ephemeral = await (this.keys.generate ?? generateKeyPair)();
      const bytes = await publicBytesOf(this.ephemeral);
      await this.mixEphemeral(bytes);
      return bytes;
    }
    if (token === 's') {
      return this.symmetric.encryptAndHash(await publicBytesOf(this.keys.identity!));
    }
    await this.mix(token);
    return new Uint8Array();
  }

  /** Returns what is left of the message. */
  private async readEphemeral(message: Bytes): Promise<Bytes> {
    const bytes = message.subarray(0, X25519_KEY_LENGTH);
    this.remoteEphemeral = await importPublicKey(bytes);
    await this.mixEphemeral(bytes);
    return message.subarray(X25519_KEY_LENGTH);
  }

  private async mixEphemeral(publicKey: Bytes): Promise<void> {
    await this.symmetric.mixHash(publicKey);
    if (this.keys.psk) await this.symmetric.mixKey(publicKey);
  }

  /** The first letter of a token is the client's key, the second the server's. */
  private async mix(token: Token): Promise<void> {
    if (token === 'psk') return this.symmetric.mixKeyAndHash(this.keys.psk!);
    const pair = token[0] === 'e' ? this.ephemeral : this.keys.identity;
    const remote = token[1] === 'e' ? this.remoteEphemeral : this.remoteStatic;
    await this.symmetric.mixKey(await sharedSecret(pair!, remote!));
  }
}
