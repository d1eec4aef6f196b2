import { joined } from '../../envelope/joined.js';
import type { BroadcastKey } from '../../envelope/outgoing.js';
import { BadEnvelopeError } from '../../envelope/bad-envelope.error.js';
import { REKEY_AFTER, SESSION_RECORD, SHARED_RECORD } from '../../envelope/record-types.js';
import type { CipherState } from './cipher-state.js';
import { SharedBroadcasts } from './shared-broadcasts.js';
import { asBytes, type Bytes } from './web-crypto.js';

const TYPE_LENGTH = 1;
const TYPE = Uint8Array.of(SESSION_RECORD);

/**
 * Seals and opens the records of one session: `type | ciphertext | tag` (PROTOCOL-V2.md, section 5).
 * Each call must await the one before it in its direction, since their order is their number.
 */
export class RecordChannel {
  private broadcasts: SharedBroadcasts | undefined;

  constructor(
    private readonly sending: CipherState,
    private readonly receiving: CipherState,
  ) {}

  async seal(plaintext: Bytes): Promise<Bytes> {
    const sealed = await this.sending.encrypt(plaintext);
    if (this.sending.count % REKEY_AFTER === 0) await this.sending.rekey();
    return joined(TYPE, sealed);
  }

  /** @throws BadEnvelopeError when it is not the next record of this session */
  async open(record: Bytes): Promise<Bytes> {
    try {
      if (record[0] === SHARED_RECORD && this.broadcasts) return await this.broadcasts.open(record);
      if (record[0] !== SESSION_RECORD) throw new Error('a record of an unknown type');
      const plaintext = await this.receiving.decrypt(record.subarray(TYPE_LENGTH));
      if (this.receiving.count % REKEY_AFTER === 0) await this.receiving.rekey();
      return plaintext;
    } catch (cause) {
      throw new BadEnvelopeError('wrong key, out of order, or tampered with', { cause });
    }
  }

  joinBroadcasts(key: BroadcastKey): void {
    this.broadcasts = new SharedBroadcasts({ ...key, key: asBytes(key.key) });
  }
}
