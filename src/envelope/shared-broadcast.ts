import { randomBytes } from 'node:crypto';
import { BadEnvelopeError } from './bad-envelope.error.js';
import { CipherState } from './cipher-state.js';
import { SYMMETRIC_KEY_LENGTH, TAG_LENGTH } from './lengths.js';
import type { BroadcastKey } from './outgoing.js';
import { SHARED_HEAD_LENGTH, SHARED_RECORD } from './record-types.js';
import { RecordKind } from './record.js';

/** `1 | epoch | number | ciphertext | tag`, sealed once for all receivers: PROTOCOL-V2.md, section 6. */
export class SharedBroadcastSender {
  private readonly cipher: CipherState;
  private readonly key = randomBytes(SYMMETRIC_KEY_LENGTH);

  constructor(private readonly epoch: number) {
    this.cipher = new CipherState(this.key);
  }

  /** What a receiver needs to know before the next record. */
  get broadcastKey(): BroadcastKey {
    return { epoch: this.epoch, number: this.cipher.count, key: this.key };
  }

  seal(plaintext: Buffer): Buffer {
    const record = Buffer.allocUnsafe(SHARED_HEAD_LENGTH + plaintext.length + TAG_LENGTH);
    record[0] = SHARED_RECORD;
    record.writeUInt32BE(this.epoch, 1);
    record.writeUIntBE(this.cipher.count, 5, 6);
    const head = record.subarray(0, SHARED_HEAD_LENGTH);
    this.cipher.encryptInto(record, SHARED_HEAD_LENGTH, plaintext, undefined, head);
    return record;
  }
}

/** Opens the shared broadcasts of one epoch, in order. */
export class SharedBroadcastReceiver {
  private readonly cipher: CipherState;

  constructor(private readonly broadcastKey: BroadcastKey) {
    this.cipher = new CipherState(broadcastKey.key, broadcastKey.number);
  }

  /** @throws BadEnvelopeError when it is not the next one of this epoch */
  open(record: Buffer): Buffer {
    if (record.length < SHARED_HEAD_LENGTH || record[0] !== SHARED_RECORD) {
      throw new BadEnvelopeError('no shared broadcast');
    }
    const isNext =
      record.readUInt32BE(1) === this.broadcastKey.epoch &&
      record.readUIntBE(5, 6) === this.cipher.count;
    if (!isNext) throw new BadEnvelopeError('another epoch, or out of order');
    const head = record.subarray(0, SHARED_HEAD_LENGTH);
    const plaintext = this.cipher.decrypt(record.subarray(SHARED_HEAD_LENGTH), head);
    if (plaintext[0] !== RecordKind.Messages) throw new BadEnvelopeError('no messages');
    return plaintext;
  }
}
