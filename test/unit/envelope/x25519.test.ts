import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  generateKeyPair,
  keyPairFrom,
  privateBytesOf,
  sharedSecret,
} from '../../../src/envelope/x25519.js';
import { readVectorFile } from '../../fixtures/vectors.js';

interface X25519Vector {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

const vectors = (
  readVectorFile('wycheproof-x25519.json') as { testGroups: { tests: X25519Vector[] }[] }
).testGroups.flatMap(({ tests }) => tests);

const hex = (text: string) => Buffer.from(text, 'hex');

function agree(vector: X25519Vector): string {
  return sharedSecret(keyPairFrom(hex(vector.private)), hex(vector.public)).toString('hex');
}

function isZero({ flags }: X25519Vector): boolean {
  return flags.includes('ZeroSharedSecret');
}

describe('sharedSecret', () => {
  it('agrees with all published vectors but those whose secret is zero', () => {
    const others = vectors.filter((vector) => !isZero(vector));
    expect(others).toHaveLength(518 - 31);
    for (const vector of others) {
      expect([vector.tcId, agree(vector)]).toEqual([vector.tcId, vector.shared]);
    }
  });

  it('refuses every published public key that makes the secret zero', () => {
    for (const vector of vectors.filter(isZero)) expect(() => agree(vector)).toThrow();
  });

  it('refuses a public key of another length', () => {
    const pair = generateKeyPair();
    for (const length of [0, 31, 33, 64]) {
      expect(() => sharedSecret(pair, Buffer.alloc(length, 9))).toThrow();
    }
  });
});

describe('a key pair', () => {
  it('comes back from its stored private key', () => {
    const pair = generateKeyPair();
    expect(keyPairFrom(privateBytesOf(pair)).publicKey).toEqual(pair.publicKey);
    expect(pair.publicKey).toHaveLength(32);
  });
});

describe('generateKeyPair', () => {
  const PAIRS = 15_000;
  const REGISTER = new URL('../../helpers/typescript.register.mjs', import.meta.url).href;
  const SOURCE = new URL('../../../src/envelope/x25519.ts', import.meta.url).href;

  // In a process of its own: what waits for a lock that nobody opens can only be killed.
  it('makes thousands of pairs, and does not stop in the middle of it', async () => {
    const script = `
      import { generateKeyPair } from '${SOURCE}';
      const lengths = new Set();
      for (let left = ${PAIRS}; left > 0; left--) lengths.add(generateKeyPair().publicKey.length);
      console.log([...lengths].join());
    `;
    const options = ['--import', REGISTER, '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, options, { timeout: 50_000 });
    expect(stdout.trim()).toBe('32');
  });
});
