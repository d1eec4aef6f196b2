import { describe, expect, it } from '@jest/globals';
import { hkdf } from '../../../src/envelope/hkdf.js';
import { readVectorFile } from '../../fixtures/vectors.js';

interface HkdfVector {
  readonly tcId: number;
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result: 'valid' | 'invalid';
}

const vectors = (
  readVectorFile('wycheproof-hkdf-sha256.json') as { testGroups: { tests: HkdfVector[] }[] }
).testGroups.flatMap(({ tests }) => tests);

const hex = (text: string) => Buffer.from(text, 'hex');

describe('hkdf', () => {
  it('derives what the published vectors do, and refuses to derive too much', () => {
    expect(vectors).toHaveLength(86);
    for (const { tcId, ikm, salt, info, size, okm, result } of vectors) {
      const derive = () => hkdf(hex(ikm), hex(salt), hex(info), size).toString('hex');
      if (result === 'valid') expect([tcId, derive()]).toEqual([tcId, okm]);
      else expect(derive).toThrow();
    }
  });
});
