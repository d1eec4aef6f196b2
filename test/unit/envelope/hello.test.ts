import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeHello, encodeHello, isHello } from '../../../src/envelope/hello-text.js';
import { isKeyId, type Hello } from '../../../src/envelope/hello.js';
import { BadEnvelopeError } from '../../../src/envelope/bad-envelope.error.js';

const GOOD: Hello = { pattern: 'NNpsk0', keyId: 'tenant-7', message: Buffer.alloc(48, 7) };

function raw(...bytes: (number | Buffer)[]): string {
  const parts = bytes.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part));
  return `hello.${Buffer.concat(parts).toString('base64url')}`;
}

describe('a hello', () => {
  it('is read as it was written, with the longest key id, too', () => {
    for (const hello of [GOOD, { ...GOOD, keyId: 'x'.repeat(64) }, { ...GOOD, keyId: '' }]) {
      expect(decodeHello(encodeHello(hello))).toEqual(hello);
    }
    const long: Hello = { pattern: 'IK', keyId: 'x'.repeat(64), message: Buffer.alloc(96) };
    expect(decodeHello(encodeHello(long))).toEqual(long);
  });

  it('is a token of RFC 7230, as every subprotocol', () => {
    expect(encodeHello(GOOD)).toMatch(/^[\w.-]+$/);
    expect(isHello(encodeHello(GOOD))).toBe(true);
    expect(isHello('nestjs-sockets.v2')).toBe(false);
  });

  const message = Buffer.alloc(48);
  it.each([
    ['nothing', 'hello.', 'too short'],
    ['a pattern alone', raw(1), 'too short'],
    ['pattern 0', raw(0, 0, message), 'unknown pattern'],
    ['pattern 5', raw(5, 0, message), 'unknown pattern'],
    ['a key id that ends early', raw(1, 9, Buffer.from('id')), 'no key id'],
    ['a key id of 65 characters', raw(1, 65, Buffer.alloc(65, 97), Buffer.alloc(40)), 'no key id'],
    ['a key id with a slash', raw(1, 1, Buffer.from('/'), message), 'no key id'],
    ['a message of 47 bytes', raw(1, 0, Buffer.alloc(47)), 'wrong length'],
    ['a message of 49 bytes', raw(1, 0, Buffer.alloc(49)), 'wrong length'],
    ['what is too long', `hello.${'A'.repeat(217)}`, 'too long'],
    ['padding', `${raw(1, 0, message)}==`, 'not base64url'],
    ['standard base64', `hello.+/${encodeHello(GOOD).slice(8)}`, 'not base64url'],
  ])('is refused when it is %s', (_, text, why) => {
    expect(() => decodeHello(text)).toThrow(why);
  });

  it('is refused or read, and nothing else, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 170 }),
        (text, bytes) => {
          for (const hello of [`hello.${text}`, raw(Buffer.from(bytes))]) {
            try {
              expect(encodeHello(decodeHello(hello))).toBe(hello);
            } catch (error) {
              expect(error).toBeInstanceOf(BadEnvelopeError);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a key id', () => {
  it('has up to 64 letters, digits, "_", "." and "-"', () => {
    expect(['', 'a.B-1_', 'x'.repeat(64)].map(isKeyId)).toEqual([true, true, true]);
    expect(['x'.repeat(65), 'a b', 'ä', 'a\n', 7].map(isKeyId)).toEqual(Array(5).fill(false));
  });
});
