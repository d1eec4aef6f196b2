import { utf8 } from '../../protocol/utf8.js';
import { TAG_LENGTH } from '../../envelope/lengths.js';
import type { BroadcastKey, Outgoing, Plaintext } from '../../envelope/outgoing.js';
import { bundle, FULL, goodbyeRecord } from '../../envelope/record.js';
import type { ClientEnvelope } from '../core/client-wire.js';
import type { RecordChannel } from './record-channel.js';

/**
 * The records of a session as its connection sees them: in the clear. WebCrypto takes its time, so the
 * transport seals and opens them one after the other, on their way (RecordChannel).
 */
export class RecordEnvelope implements ClientEnvelope {
  readonly binary = true;
  readonly isRecord = true;
  readonly overhead = 1 + TAG_LENGTH;

  constructor(
    private readonly channel: RecordChannel,
    private readonly padding: number,
    /** Bytes of the largest record that the server takes. */
    private readonly maxRecord: number,
  ) {}

  bundle(messages: readonly Outgoing[]): readonly Plaintext[] {
    return bundle(messages, this.padding, Math.min(FULL, this.maxRecord - this.overhead));
  }

  frame(plaintext: Plaintext): Uint8Array {
    return typeof plaintext === 'string' ? utf8.encode(plaintext) : plaintext;
  }

  goodbye(code: number, reason: string): Uint8Array {
    return goodbyeRecord(code, reason);
  }

  joinBroadcasts(key: BroadcastKey): void {
    this.channel.joinBroadcasts(key);
  }

  open(frame: Uint8Array): Uint8Array {
    return frame;
  }
}
