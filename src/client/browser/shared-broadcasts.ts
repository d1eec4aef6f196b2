import { readUint48 } from '../../envelope/uint48.js';
import { SHARED_HEAD_LENGTH } from '../../envelope/record-types.js';
import { RecordKind } from '../../envelope/record.js';
import { CipherState } from './cipher-state.js';
import type { Bytes } from './web-crypto.js';

/** Opens the shared broadcasts of one epoch, in order: PROTOCOL-V2.md, section 6. */
export class SharedBroadcasts {
  private readonly cipher: Promise<CipherState>;

  constructor(
    private readonly of: { readonly epoch: number; readonly number: number; readonly key: Bytes },
  ) {
    this.cipher = CipherState.of(of.key, of.number);
  }

  /** @throws when it is not the next one of this epoch */
  async open(record: Bytes): Promise<Bytes> {
    const cipher = await this.cipher;
    const view = new DataView(record.buffer, record.byteOffset, SHARED_HEAD_LENGTH);
    if (view.getUint32(1) !== this.of.epoch || readUint48(view, 5) !== cipher.count) {
      throw new Error('another epoch, or out of order');
    }
    const head = record.subarray(0, SHARED_HEAD_LENGTH);
    const plaintext = await cipher.decrypt(record.subarray(SHARED_HEAD_LENGTH), head);
    if (plaintext[0] !== RecordKind.Messages) throw new Error('no messages');
    return plaintext;
  }
}
