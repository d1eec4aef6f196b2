import { BadEnvelopeError } from './bad-envelope.error.js';
import type { CipherState } from './cipher-state.js';
import { TAG_LENGTH, X25519_KEY_LENGTH } from './lengths.js';
import { protocolNameOf, type Pattern, type Token } from './noise-patterns.js';
import { SymmetricState } from './symmetric-state.js';
import { generateKeyPair, sharedSecret, type KeyPair } from './x25519.js';

/** What one side brings to a handshake. */
export interface HandshakeInput {
  readonly pattern: Pattern;
  readonly isInitiator: boolean;
  /** What both sides must have understood alike. */
  readonly prologue: Uint8Array;
  /** One for each `psk` of the pattern, 32 bytes. */
  readonly psks?: readonly Buffer[];
  /** This side's static key pair. */
  readonly identity?: KeyPair | undefined;
  /** The other side's static public key, where it is known beforehand. */
  readonly remoteStatic?: Buffer | undefined;
  /** Makes the ephemeral key pair. Only test vectors have their own. */
  readonly generate?: (() => KeyPair) | undefined;
}

/** Writes and reads the messages of a handshake, token by token: Noise, 5.3. */
export class HandshakeState {
  /** The other side's static public key, known beforehand or learnt. */
  remoteStatic: Buffer | undefined;
  private readonly symmetric: SymmetricState;
  private readonly psks: Buffer[];
  private readonly messages: (readonly Token[])[];
  private readonly isPsk: boolean;
  private ephemeral: KeyPair | undefined;
  private remoteEphemeral: Buffer | undefined;

  constructor(private readonly input: HandshakeInput) {
    const { pattern, isInitiator, prologue, psks = [], identity, remoteStatic } = input;
    this.symmetric = new SymmetricState(protocolNameOf(pattern));
    this.symmetric.mixHash(prologue);
    this.remoteStatic = remoteStatic;
    if (pattern.knowsResponder) {
      this.symmetric.mixHash(isInitiator ? remoteStatic! : identity!.publicKey);
    }
    this.psks = [...psks];
    this.messages = [...pattern.messages];
    this.isPsk = pattern.messages.flat().includes('psk');
  }

  get hash(): Buffer {
    return this.symmetric.hash;
  }

  writeMessage(payload: Buffer): Buffer {
    const parts = this.nextTokens().map((token) => this.write(token));
    return Buffer.concat([...parts, this.symmetric.encryptAndHash(payload)]);
  }

  /**
   * Returns the payload.
   * @throws BadEnvelopeError
   */
  readMessage(message: Buffer): Buffer {
    let rest = message;
    for (const token of this.nextTokens()) rest = this.read(token, rest);
    return this.symmetric.decryptAndHash(rest);
  }

  /** After the last message: what this side sends under, and what it receives under. */
  split(): { sending: CipherState; receiving: CipherState } {
    const [initiator, responder] = this.symmetric.split();
    return this.input.isInitiator
      ? { sending: initiator, receiving: responder }
      : { sending: responder, receiving: initiator };
  }

  private nextTokens(): readonly Token[] {
    const tokens = this.messages.shift();
    if (!tokens) throw new BadEnvelopeError('the handshake is over');
    return tokens;
  }

  private write(token: Token): Buffer {
    if (token === 'e') {
      this.ephemeral = (this.input.generate ?? generateKeyPair)();
      this.mixEphemeral(this.ephemeral.publicKey);
      return this.ephemeral.publicKey;
    }
    if (token === 's') return this.symmetric.encryptAndHash(this.input.identity!.publicKey);
    this.mix(token);
    return Buffer.alloc(0);
  }

  /** Returns what is left of the message. */
  private read(token: Token, message: Buffer): Buffer {
    if (token === 'e') {
      const key = take(message, X25519_KEY_LENGTH);
      this.remoteEphemeral = key;
      this.mixEphemeral(key);
      return message.subarray(key.length);
    }
    if (token === 's') {
      const sealed = take(message, X25519_KEY_LENGTH + (this.symmetric.hasKey ? TAG_LENGTH : 0));
      this.remoteStatic = this.symmetric.decryptAndHash(sealed);
      return message.subarray(sealed.length);
    }
    this.mix(token);
    return message;
  }

  private mixEphemeral(publicKey: Buffer): void {
    this.symmetric.mixHash(publicKey);
    if (this.isPsk) this.symmetric.mixKey(publicKey);
  }

  /** The first letter of a token is the initiator's key, the second the responder's. */
  private mix(token: Token): void {
    if (token === 'psk') return this.symmetric.mixKeyAndHash(this.psks.shift()!);
    const own = token[this.input.isInitiator ? 0 : 1];
    const other = token[this.input.isInitiator ? 1 : 0];
    const pair = own === 'e' ? this.ephemeral : this.input.identity;
    const remote = other === 'e' ? this.remoteEphemeral : this.remoteStatic;
    this.symmetric.mixKey(agree(pair!, remote!));
  }
}

function take(message: Buffer, length: number): Buffer {
  if (message.length < length) throw new BadEnvelopeError('too short');
  return message.subarray(0, length);
}

function agree(pair: KeyPair, publicKey: Buffer): Buffer {
  try {
    return sharedSecret(pair, publicKey);
  } catch (cause) {
    throw new BadEnvelopeError('a public key that agrees on nothing', { cause });
  }
}
