import { describe, expect, it } from '@jest/globals';
import { plainEnvelope } from '../../../src/envelope/plain.envelope.js';

describe('plainEnvelope', () => {
  it('is the JSON text itself, in text messages (R2.2)', () => {
    const text = '{"request":"announcement","data":"♞ grüßt"}';
    const target = Buffer.alloc(Buffer.byteLength(text) + 3, 0xee);
    expect(plainEnvelope.seal(text, Buffer.byteLength(text), target, 3)).toBe(target.length);
    expect(target.subarray(3).toString('utf8')).toBe(text);
    expect({ binary: plainEnvelope.binary, overhead: plainEnvelope.overhead }).toEqual({
      binary: false,
      overhead: 0,
    });
  });

  it('opens to the same text', () => {
    expect(plainEnvelope.open(Buffer.from('{"request":"grüße"}')).toString()).toBe(
      '{"request":"grüße"}',
    );
  });
});
