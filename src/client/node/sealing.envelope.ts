import type { Envelope } from '../../envelope/envelope.js';
import type { BroadcastKey, Outgoing, Plaintext } from '../../envelope/outgoing.js';
import type { ClientEnvelope } from '../core/client-wire.js';

/** An envelope that makes frames of its own: a client sends them one by one. */
export class SealingEnvelope implements ClientEnvelope {
  readonly binary: boolean;
  readonly isRecord: boolean;
  readonly overhead: number;

  constructor(private readonly envelope: Envelope) {
    this.binary = envelope.binary;
    this.isRecord = envelope.isRecord;
    this.overhead = envelope.overhead;
  }

  bundle(messages: readonly Outgoing[]): readonly Plaintext[] {
    return this.envelope.bundle(messages);
  }

  frame(plaintext: Plaintext): Uint8Array {
    const bytes = Buffer.byteLength(plaintext);
    const frame = Buffer.allocUnsafe(this.overhead + bytes);
    this.envelope.seal(plaintext, bytes, frame, 0);
    return frame;
  }

  goodbye(code: number, reason: string): Uint8Array | undefined {
    return this.envelope.goodbye?.(code, reason);
  }

  joinBroadcasts(key: BroadcastKey): void {
    this.envelope.joinBroadcasts?.(key);
  }

  open(frame: Buffer): Uint8Array {
    return this.envelope.open(frame);
  }
}
