import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { BadEnvelopeError } from '../../../src/envelope/bad-envelope.error.js';
import type { Envelope } from '../../../src/envelope/envelope.js';
import { CountedIvs, RandomIvs } from '../../../src/envelope/iv-source.js';
import { IvWindow } from '../../../src/envelope/iv-window.js';
import { SealedEnvelope } from '../../../src/envelope/sealed.envelope.js';
import { GLOBAL_KEY_HEX } from '../../fixtures/auth-key.js';
import { FixedIvs } from '../../fixtures/fixed-ivs.js';
import { readGcmVectors, type GcmVector } from '../../fixtures/gcm-vectors.js';

const KEY = hex(GLOBAL_KEY_HEX);
const IV = '000102030405060708090a0b';

// Computed by another implementation of AES-256-GCM.
const VECTORS = [
  {
    text: '{"request":"auth","data":{"authKey":"a-shared-key-of-some-length"}}',
    tag: '49dd158d2b348dcd7d7b24758ac85d8e',
    ciphertext:
      '91b3591577f6dedff5893f5fd5240f6dd6a5a04bdfb680e39ab8e2607af902733cd190941177beafc2564d20365354b21a3c991ab3746832f244629f7b0b8ca324eea3',
  },
  {
    text: '{"request":"announcement","data":"♞ grüßt"}',
    tag: 'dd0195d9184d48f20edb1103f9f9775e',
    ciphertext:
      '91b3591577f6dedff5893f5fd53f156a81e7e14ad3a78fb582efe2656ef90b1a638a5037ad36f4ae698bfcda265c42',
  },
  { text: '', tag: '0f3b73d6e2437fa6fdd1d1ea6c873454', ciphertext: '' },
];

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function envelopeWith(key: Buffer, ...ivs: string[]): SealedEnvelope {
  return new SealedEnvelope(key, new FixedIvs(...ivs), new IvWindow(16));
}

/** What a peer that holds the same key would send. */
function sealed(envelope: Envelope, text: string): Buffer {
  const frame = Buffer.alloc(envelope.overhead + Buffer.byteLength(text));
  expect(envelope.seal(text, Buffer.byteLength(text), frame, 0)).toBe(frame.length);
  return frame;
}

function otherSide(key = KEY): SealedEnvelope {
  return new SealedEnvelope(key, new CountedIvs(), new IvWindow(16));
}

describe('SealedEnvelope', () => {
  it.each(VECTORS)(
    'seals "$text" under a given iv to fixed bytes (R2.1)',
    ({ text, tag, ciphertext }) => {
      const frame = sealed(envelopeWith(KEY, IV), text);
      expect(frame.toString('hex')).toBe(IV + tag + ciphertext);
    },
  );

  it.each(VECTORS)('opens the fixed bytes of "$text" (R2.1)', ({ text, tag, ciphertext }) => {
    expect(
      envelopeWith(KEY)
        .open(hex(IV + tag + ciphertext))
        .toString(),
    ).toBe(text);
  });

  it('seals binary messages with 28 bytes of overhead (R2.1)', () => {
    const { binary, overhead } = envelopeWith(KEY);
    expect({ binary, overhead }).toEqual({ binary: true, overhead: 28 });
  });

  it('writes at the offset that it is given, and touches nothing around it', () => {
    const target = Buffer.alloc(40, 0xee);
    const end = envelopeWith(KEY, IV).seal('{}', 2, target, 5);
    expect(end).toBe(5 + 28 + 2);
    expect(target.subarray(0, 5)).toEqual(Buffer.alloc(5, 0xee));
    expect(target.subarray(end)).toEqual(Buffer.alloc(5, 0xee));
    expect(
      envelopeWith(KEY)
        .open(Buffer.from(target.subarray(5, end)))
        .toString(),
    ).toBe('{}');
  });

  it.each([0, 1, 12, 27])('refuses a frame of %i bytes as too short (R2.4)', (length) => {
    expect(() => envelopeWith(KEY).open(Buffer.alloc(length))).toThrow(
      new BadEnvelopeError('too short'),
    );
  });

  it.each([0, 11, 12, 27, 28, 29])('refuses a flipped bit in byte %i (R2.4)', (offset) => {
    const frame = sealed(envelopeWith(KEY, IV), '{}');
    frame[offset]! ^= 1;
    expect(() => envelopeWith(KEY).open(frame)).toThrow(BadEnvelopeError);
  });

  it.each([1, 15])('refuses a tag cut to fewer than 16 bytes by %i (R2.1)', (cut) => {
    const frame = sealed(envelopeWith(KEY, IV), '{}');
    const shorter = Buffer.concat([frame.subarray(0, 28 - cut), frame.subarray(28)]);
    expect(() => envelopeWith(KEY).open(shorter)).toThrow(BadEnvelopeError);
  });

  it('refuses what another key sealed, and keeps the cause (R2.4)', () => {
    const frame = sealed(envelopeWith(Buffer.alloc(32, 1), IV), '{}');
    expect(() => envelopeWith(KEY).open(frame)).toThrow(
      expect.objectContaining({
        name: 'BadEnvelopeError',
        cause: expect.objectContaining({ message: expect.stringContaining('authenticate') }),
      }),
    );
  });

  it('refuses a frame that it opened before (R2.5)', () => {
    const frame = sealed(otherSide(), '{}');
    const receiver = otherSide();
    expect(receiver.open(frame).toString()).toBe('{}');
    expect(() => receiver.open(frame)).toThrow(new BadEnvelopeError('replayed'));
  });

  it('does not count a forged frame as seen, so that the genuine one still opens (R2.5)', () => {
    const frame = sealed(otherSide(), '{}');
    const forged = Buffer.from(frame);
    forged[28]! ^= 1;
    const receiver = otherSide();
    expect(() => receiver.open(forged)).toThrow('wrong key, or tampered with');
    expect(receiver.open(frame).toString()).toBe('{}');
  });

  it('refuses its own frame under a session key, however many came since (R2.6)', () => {
    const sender = otherSide();
    const own = sealed(sender, '{"request":"first"}');
    for (let count = 0; count < 100; count++) sealed(sender, '{}');
    expect(() => sender.open(own)).toThrow(new BadEnvelopeError('reflected'));
  });

  it('refuses its own frame under the global key too (R2.6)', () => {
    const seen = new IvWindow(16);
    const sender = new SealedEnvelope(KEY, new RandomIvs(seen), seen);
    expect(() => sender.open(sealed(sender, '{}'))).toThrow(BadEnvelopeError);
  });
});

const vectors = readGcmVectors();
const withoutAad = vectors.filter(({ aad }) => aad === '');
const valid = withoutAad.filter(({ result }) => result === 'valid');
const invalid = withoutAad.filter(({ result }) => result === 'invalid');
const withAad = vectors.filter(({ aad }) => aad !== '');
const textual = valid.filter(({ msg }) => isUtf8(hex(msg)));

function openVector({ key, iv, tag, ct }: GcmVector): string {
  return envelopeWith(hex(key))
    .open(hex(iv + tag + ct))
    .toString('hex');
}

describe('SealedEnvelope, held against the published vectors', () => {
  it('uses all of them', () => {
    expect([valid, textual, invalid, withAad].map(({ length }) => length)).toEqual([21, 2, 27, 18]);
  });

  it.each(valid)('opens valid vector $tcId to its message', (vector) => {
    expect(openVector(vector)).toBe(vector.msg);
  });

  it.each(textual)('seals the text of valid vector $tcId to its bytes', (vector) => {
    const { key, iv, tag, ct, msg } = vector;
    const frame = sealed(envelopeWith(hex(key), iv), hex(msg).toString('utf8'));
    expect(frame.toString('hex')).toBe(iv + tag + ct);
  });

  it.each(invalid)('refuses invalid vector $tcId', (vector) => {
    expect(() => openVector(vector)).toThrow('wrong key, or tampered with');
  });

  it.each(withAad)('refuses vector $tcId, which has additional data (R2.1)', (vector) => {
    expect(() => openVector(vector)).toThrow('wrong key, or tampered with');
  });
});
