import { BadEnvelopeError } from './bad-envelope.error.js';
import type { Envelope } from './envelope.js';

/**
 * For one peer that has not authenticated yet, while keys are being changed: any of several keys opens,
 * and that one seals from then on.
 */
export class AnyKeyEnvelope implements Envelope {
  readonly binary = true;
  readonly isRecord = false;
  readonly overhead: number;
  private current: Envelope;
  private isSettled = false;

  constructor(private readonly envelopes: readonly Envelope[]) {
    this.current = envelopes[0]!;
    this.overhead = this.current.overhead;
  }

  bundle(texts: readonly string[]): readonly string[] {
    return texts;
  }

  seal(text: string, bytes: number, target: Buffer, offset: number): number {
    return this.current.seal(text, bytes, target, offset);
  }

  open(frame: Buffer): Buffer {
    if (this.isSettled) return this.current.open(frame);
    let failure: unknown = new BadEnvelopeError('no key');
    for (const envelope of this.envelopes) {
      try {
        const text = envelope.open(frame);
        this.current = envelope;
        this.isSettled = true;
        return text;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}
