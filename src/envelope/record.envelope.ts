import { encodingOf } from '../protocol/text-encoding.js';
import { BadEnvelopeError } from './bad-envelope.error.js';
import type { Envelope } from './envelope.js';
import type { CipherState } from './cipher-state.js';
import { TAG_LENGTH } from './lengths.js';
import type { BroadcastKey, Outgoing, Plaintext } from './outgoing.js';
import { bundle, FULL, goodbyeRecord } from './record.js';
import { REKEY_AFTER, SESSION_RECORD, SHARED_RECORD } from './record-types.js';
import { SharedBroadcastReceiver } from './shared-broadcast.js';

const TYPE_LENGTH = 1;

/**
 * A session of version 2: `type | ciphertext | tag`, one key for each direction, and a number that is
 * never sent, so that whatever is replayed, reordered, left out or reflected does not open
 * (PROTOCOL-V2.md, section 5).
 */
export class RecordEnvelope implements Envelope {
  readonly binary = true;
  readonly isRecord = true;
  /** Bytes that sealing adds to the plaintext. */
  readonly overhead = TYPE_LENGTH + TAG_LENGTH;

  private broadcasts: SharedBroadcastReceiver | undefined;

  constructor(
    private readonly sending: CipherState,
    private readonly receiving: CipherState,
    private readonly padding = 0,
    /** Bytes of the largest record that the other side takes. */
    private readonly maxRecord = Infinity,
  ) {}

  /** The plaintexts of the records for the messages of a turn. */
  bundle(messages: readonly Outgoing[]): Plaintext[] {
    return bundle(messages, this.padding, Math.min(FULL, this.maxRecord - this.overhead));
  }

  /** The last record. */
  goodbye(code: number, reason: string): Buffer {
    const plaintext = goodbyeRecord(code, reason);
    const record = Buffer.allocUnsafe(plaintext.length + this.overhead);
    this.seal(plaintext, plaintext.length, record, 0);
    return record;
  }

  joinBroadcasts(key: BroadcastKey): void {
    this.broadcasts = new SharedBroadcastReceiver(key);
  }

  /**
   * Seals a plaintext into `target` at `offset`, and returns the offset behind it.
   * @param bytes Its length in bytes
   */
  seal(plaintext: Plaintext, bytes: number, target: Buffer, offset: number): number {
    target[offset] = SESSION_RECORD;
    const encoding = typeof plaintext === 'string' ? encodingOf(plaintext, bytes) : undefined;
    const end = this.sending.encryptInto(target, offset + TYPE_LENGTH, plaintext, encoding);
    if (this.sending.count % REKEY_AFTER === 0) this.sending.rekey();
    return end;
  }

  /**
   * The plaintext of a record.
   * @throws BadEnvelopeError when it is not the next one of this session
   */
  open(record: Buffer): Buffer {
    if (record[0] === SHARED_RECORD && this.broadcasts) return this.broadcasts.open(record);
    if (record[0] !== SESSION_RECORD) throw new BadEnvelopeError('a record of an unknown type');
    const plaintext = this.receiving.decrypt(record.subarray(TYPE_LENGTH));
    if (this.receiving.count % REKEY_AFTER === 0) this.receiving.rekey();
    return plaintext;
  }
}
