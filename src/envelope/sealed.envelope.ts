import { createCipheriv, createDecipheriv } from 'node:crypto';
import { encodingOf } from '../protocol/text-encoding.js';
import { BadEnvelopeError } from './bad-envelope.error.js';
import type { Envelope } from './envelope.js';
import type { Outgoing } from './outgoing.js';
import { IV_LENGTH, type IvSource } from './iv-source.js';

const ALGORITHM = 'aes-256-gcm';
const TAG_LENGTH = 16;
const HEAD_LENGTH = IV_LENGTH + TAG_LENGTH;
const CIPHER_OPTIONS = { authTagLength: TAG_LENGTH };

/** The ivs of the frames that were received under one key. */
export interface SeenIvs {
  /** Remembers the iv that the frame begins with. Returns false when it is known already. */
  remember(frame: Buffer): boolean;
}

/** Encryption on: `iv | tag | ciphertext` under one key (PROTOCOL.md R2.1, R2.4 to R2.6). */
export class SealedEnvelope implements Envelope {
  readonly binary = true;
  readonly isRecord = false;
  readonly overhead = HEAD_LENGTH;

  constructor(
    private readonly key: Buffer,
    private readonly ivs: IvSource,
    private readonly received: SeenIvs,
  ) {}

  // Whatever is no text was refused before, to whoever sent it.
  bundle(messages: readonly Outgoing[]): readonly string[] {
    return messages as readonly string[];
  }

  // Written into the frame that goes out: no buffer is made to be joined with another.
  seal(text: string, bytes: number, target: Buffer, offset: number): number {
    this.ivs.writeNext(target, offset);
    const iv = target.subarray(offset, offset + IV_LENGTH);
    const cipher = createCipheriv(ALGORITHM, this.key, iv, CIPHER_OPTIONS);
    const ciphertext = cipher.update(text, encodingOf(text, bytes));
    cipher.final();
    target.set(cipher.getAuthTag(), offset + IV_LENGTH);
    target.set(ciphertext, offset + HEAD_LENGTH);
    return offset + HEAD_LENGTH + ciphertext.length;
  }

  open(frame: Buffer): Buffer {
    if (frame.length < HEAD_LENGTH) throw new BadEnvelopeError('too short');
    if (this.ivs.isOwn(frame)) throw new BadEnvelopeError('reflected');
    const plain = this.decrypt(frame);
    // Only what proved genuine is remembered, so that a forger cannot fill the window.
    if (!this.received.remember(frame)) throw new BadEnvelopeError('replayed');
    return plain;
  }

  private decrypt(frame: Buffer): Buffer {
    const iv = frame.subarray(0, IV_LENGTH);
    const decipher = createDecipheriv(ALGORITHM, this.key, iv, CIPHER_OPTIONS);
    decipher.setAuthTag(frame.subarray(IV_LENGTH, HEAD_LENGTH));
    // GCM is a stream: update() returns everything, and final() only verifies the tag.
    const plain = decipher.update(frame.subarray(HEAD_LENGTH));
    try {
      decipher.final();
    } catch (cause) {
      throw new BadEnvelopeError('wrong key, or tampered with', { cause });
    }
    return plain;
  }
}
