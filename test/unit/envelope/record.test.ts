import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BadEnvelopeError } from '../../../src/envelope/bad-envelope.error.js';
import {
  broadcastKeyRecord,
  bundle,
  bytesRecord,
  goodbyeRecord,
  readRecord,
  RecordKind,
} from '../../../src/envelope/record.js';
import type { Plaintext } from '../../../src/envelope/outgoing.js';

function textsOf(plaintext: Plaintext): string[] {
  const record = readRecord(Buffer.from(plaintext as string));
  if (record.kind !== RecordKind.Messages) throw new Error('another kind');
  return [...record.lines].map((line) => Buffer.from(line).toString());
}

describe('messages in records', () => {
  it('are all messages of a turn in one, in order', () => {
    const texts = ['{"request":"a"}', '{"request":"b","data":"♞"}', '{"request":"c"}'];
    const records = bundle(texts, 0);
    expect(records).toHaveLength(1);
    expect(textsOf(records[0]!)).toEqual(texts);
    expect(bundle([], 0)).toEqual([]);
  });

  it('begin a new one before 64 KiB, and a longer one is alone', () => {
    const [small, large] = ['s'.repeat(30_000), 'l'.repeat(100_000)];
    const records = bundle([small, small, small, large, small], 0).map(textsOf);
    expect(records).toEqual([[small, small], [small], [large], [small]]);
  });

  it('are padded to a multiple, which the other side does not see', () => {
    for (const texts of [['{}'], ['{"data":"♞"}', '{}'], ['x'.repeat(63)]]) {
      const [record] = bundle(texts, 64);
      expect(Buffer.byteLength(record!) % 64).toBe(0);
      expect(textsOf(record!)).toEqual(texts);
    }
  });

  it('come out as they went in, whatever they are', () => {
    const texts = fc.array(fc.string({ minLength: 1 }).map((text) => JSON.stringify(text)));
    fc.assert(
      fc.property(texts, fc.nat(300), (given, padding) => {
        expect(bundle(given, padding).flatMap(textsOf)).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the other records', () => {
  it('carry bytes as they are, line feeds among them', () => {
    const bytes = Buffer.from([10, 0, 255, 10]);
    const record = readRecord(bytesRecord({ text: '{"bytes":"data"}', bytes }));
    expect(record).toEqual({ kind: 1, text: Buffer.from('{"bytes":"data"}'), bytes });
  });

  it('say goodbye with a code and a reason', () => {
    expect(readRecord(goodbyeRecord(4401, 'grüße'))).toEqual({
      kind: 2,
      code: 4401,
      reason: 'grüße',
    });
  });

  it('bring the key of shared broadcasts', () => {
    const key = { epoch: 2 ** 32 - 1, number: 2 ** 47 + 1, key: Buffer.alloc(32, 5) };
    expect(readRecord(broadcastKeyRecord(key))).toEqual({ kind: 3, ...key });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['an unknown kind', Buffer.from([4, 0])],
    ['bytes without a message', Buffer.from([1, 1, 2, 3])],
    ['a goodbye without a code', Buffer.from([2, 3])],
    ['a goodbye with too long a reason', Buffer.alloc(200, 2)],
    ['a broadcast key that is too short', Buffer.alloc(42, 3)],
  ])('are refused when they are %s', (_, plaintext) => {
    expect(() => readRecord(plaintext)).toThrow(BadEnvelopeError);
  });
});
