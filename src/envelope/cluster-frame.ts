import { randomBytes } from 'node:crypto';
import { BadEnvelopeError } from './bad-envelope.error.js';
import { CipherState } from './cipher-state.js';
import { hkdf } from './hkdf.js';
import { CLUSTER_KEY } from './key-derivation.js';
import { TAG_LENGTH } from './lengths.js';
import { readUint48, writeUint48 } from './uint48.js';

/** The format of what nodes send to each other; unknown ones are skipped. */
export const CLUSTER_FRAME_VERSION = 1;
/** How old a frame may be that comes live, in milliseconds: so far may the clocks of nodes be apart. */
export const MAX_FRAME_AGE = 60_000;

// version (1) | boot (16) | number (6), all of them in the clear | time (6) | messages, sealed | tag
const BOOT_LENGTH = 16;
const NUMBER_AT = 1 + BOOT_LENGTH;
const HEAD_LENGTH = NUMBER_AT + 6;
const TIME_LENGTH = 6;
// Of boots that were seen lately: far more than nodes start within the age of a frame.
const MAX_BOOTS = 4_096;

/** A frame of a format that this process does not know yet, or no longer. */
export class UnknownFrameVersionError extends BadEnvelopeError {
  override readonly name: string = 'UnknownFrameVersionError';
}

/** What is sealed beside the messages: where a frame was sent to, so that it is nowhere else believed. */
function associatedData(frame: Buffer, channel: string): Buffer {
  return Buffer.concat([frame.subarray(0, HEAD_LENGTH), Buffer.from(channel)]);
}

function viewOf(frame: Buffer): DataView {
  return new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
}

function keyOf(secret: Buffer, boot: Buffer): Buffer {
  return hkdf(secret, boot, CLUSTER_KEY.info, CLUSTER_KEY.length);
}

/** Seals what one boot of a node sends: AES-256-GCM under a key of its own, with numbers that grow. */
export class ClusterSealer {
  private readonly boot = randomBytes(BOOT_LENGTH);
  private readonly cipher: CipherState;

  /** @param secret 32 bytes, the same on all nodes */
  constructor(secret: Buffer) {
    this.cipher = new CipherState(keyOf(secret, this.boot));
  }

  /** Whether this boot sent it: what it says was delivered here already. */
  isOwn(frame: Buffer): boolean {
    return frame.subarray(1, NUMBER_AT).equals(this.boot);
  }

  seal(channel: string, messages: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(HEAD_LENGTH + TIME_LENGTH + messages.length + TAG_LENGTH);
    frame[0] = CLUSTER_FRAME_VERSION;
    this.boot.copy(frame, 1);
    writeUint48(viewOf(frame), NUMBER_AT, this.cipher.count);
    writeUint48(viewOf(frame), HEAD_LENGTH, Date.now());
    messages.copy(frame, HEAD_LENGTH + TIME_LENGTH);
    const plaintext = frame.subarray(HEAD_LENGTH, frame.length - TAG_LENGTH);
    const associated = associatedData(frame, channel);
    this.cipher.encryptInto(frame, HEAD_LENGTH, plaintext, undefined, associated);
    return frame;
  }
}

interface Boot {
  readonly key: Buffer;
  /** The number of the newest frame that came live. */
  last: number;
}

/** Opens what the other nodes sent, and believes each frame once. */
export class ClusterOpener {
  /** By id. Only boots that proved to know the secret are remembered. */
  private readonly boots = new Map<string, Boot>();

  /** @param secrets Any of them may have sealed a frame: so they are changed without a gap */
  constructor(private readonly secrets: readonly Buffer[]) {}

  /**
   * A frame that came on a channel just now.
   * @returns its messages
   * @throws BadEnvelopeError for what was forged, replayed, reordered or is too old
   */
  openLive(channel: string, frame: Buffer): Buffer {
    const { boot, number, plaintext } = this.open(channel, frame);
    if (number <= boot.last) throw new BadEnvelopeError('replayed or reordered');
    const age = Date.now() - readUint48(viewOf(plaintext), 0);
    if (Math.abs(age) > MAX_FRAME_AGE) {
      throw new BadEnvelopeError(`sent ${age} ms ago: too old, or the clocks of the nodes differ`);
    }
    boot.last = number;
    return plaintext.subarray(TIME_LENGTH);
  }

  /** A frame of a room's history, which has numbers of its own. */
  openStored(channel: string, frame: Buffer): Buffer {
    return this.open(channel, frame).plaintext.subarray(TIME_LENGTH);
  }

  private open(channel: string, frame: Buffer): { boot: Boot; number: number; plaintext: Buffer } {
    if (frame[0] !== CLUSTER_FRAME_VERSION) {
      throw new UnknownFrameVersionError(`frames of version ${frame[0]} are unknown`);
    }
    if (frame.length < HEAD_LENGTH + TIME_LENGTH + TAG_LENGTH) {
      throw new BadEnvelopeError('too short');
    }
    const number = readUint48(viewOf(frame), NUMBER_AT);
    const associated = associatedData(frame, channel);
    const decrypt = ({ key }: Boot) =>
      new CipherState(key, number).decrypt(frame.subarray(HEAD_LENGTH), associated);
    const id = frame.toString('latin1', 1, NUMBER_AT);
    const known = this.boots.get(id);
    if (known) return { boot: known, number, plaintext: decrypt(known) };
    return { number, ...this.meet(id, frame, decrypt) };
  }

  private meet(
    id: string,
    frame: Buffer,
    decrypt: (boot: Boot) => Buffer,
  ): { boot: Boot; plaintext: Buffer } {
    let refusal: unknown = new BadEnvelopeError('there is no key');
    for (const secret of this.secrets) {
      const boot = { key: keyOf(secret, frame.subarray(1, NUMBER_AT)), last: -1 };
      try {
        const plaintext = decrypt(boot);
        this.remember(id, boot);
        return { boot, plaintext };
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }

  private remember(id: string, boot: Boot): void {
    if (this.boots.size >= MAX_BOOTS) this.boots.delete(this.boots.keys().next().value!);
    this.boots.set(id, boot);
  }
}
