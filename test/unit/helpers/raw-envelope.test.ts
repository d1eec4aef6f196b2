import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  globalKey,
  ivOf,
  makeSessionKey,
  open,
  readSessionKey,
  seal,
  tamper,
} from '../../helpers/raw-envelope.js';

interface GcmVector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'invalid';
}

const vectors = readVectors();
const valid = vectors.filter(({ result }) => result === 'valid');
const invalid = vectors.filter(({ result }) => result === 'invalid');

function readVectors(): GcmVector[] {
  const file = new URL('../../vectors/wycheproof-aes-256-gcm.json', import.meta.url);
  const { testGroups }: { testGroups: { tests: GcmVector[] }[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return testGroups.flatMap(({ tests }) => tests).filter(({ aad }) => aad === '');
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

describe('the raw envelope', () => {
  it('derives the global key that the protocol document gives as its example', async () => {
    const key = await globalKey('a-shared-key-of-some-length');
    expect(key.toString('hex')).toBe(
      '529e065af2623e5e0beb5884423e5dd4e1e60c10c76185dd6c6aea402be9508d',
    );
  });

  it('derives the key of an authKey only once', async () => {
    expect(await globalKey('once')).toBe(await globalKey('once'));
  });

  it('has published vectors of both kinds to be held against', () => {
    expect([valid.length, invalid.length]).toEqual([21, 27]);
  });

  it.each(valid)('seals and opens published vector $tcId', ({ key, iv, msg, ct, tag }) => {
    const frame = hex(iv + tag + ct);
    expect(seal(hex(msg), hex(key), hex(iv)).toString('hex')).toBe(frame.toString('hex'));
    expect(open(frame, hex(key)).toString('hex')).toBe(msg);
  });

  it.each(invalid)('refuses published vector $tcId', ({ key, iv, ct, tag }) => {
    expect(() => open(hex(iv + tag + ct), hex(key))).toThrow();
  });

  it.each([0, 12, 27, 28])('refuses a frame with a flipped bit at byte %i', (offset) => {
    const key = makeSessionKey();
    expect(() => open(tamper(seal('{}', key), offset), key)).toThrow();
  });

  it('refuses a frame of fewer than 28 bytes', () => {
    expect(() => open(Buffer.alloc(27), makeSessionKey())).toThrow('at least 28 bytes');
  });

  it('takes a new iv for every frame', () => {
    const key = makeSessionKey();
    expect(ivOf(seal('{}', key))).not.toEqual(ivOf(seal('{}', key)));
  });

  it('reads a session key only where it is 32 bytes in padded standard base64', () => {
    const key = makeSessionKey();
    expect(readSessionKey(key.toString('base64'))).toEqual(key);
    for (const wrong of [undefined, '', key.toString('base64url'), 'AAAA', key.toString('hex')]) {
      expect(() => readSessionKey(wrong)).toThrow('Not a session key');
    }
  });
});
