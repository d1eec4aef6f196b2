import { describe, expect, it } from '@jest/globals';
import { toJson } from '../../../src/protocol/outgoing-json.js';

function deep(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

const WRAPS: [string, (inner: unknown) => unknown][] = [
  ['arrays', (inner) => [inner]],
  ['objects', (inner) => ({ inner })],
  ['arrays with more in them', (inner) => [1, 'two', null, inner]],
  ['objects that toJSON makes', (inner) => ({ toJSON: () => ({ inner }) })],
  [
    'objects with getters',
    (inner) => Object.defineProperty({}, 'a', { enumerable: true, get: () => inner }),
  ],
  ['objects without prototype', (inner) => Object.assign(Object.create(null) as object, { inner })],
];

describe('toJson', () => {
  it.each(WRAPS)('lets 63 levels of %s pass, and not 64', (_what, wrap) => {
    expect(toJson('news', deep(63, wrap))).toBe(JSON.stringify(deep(63, wrap)));
    expect(() => toJson('news', deep(64, wrap))).toThrow(/"news" nests more than 63 levels deep/);
  });

  it('counts no brackets in texts', () => {
    const value = Array.from({ length: 100 }, () => ['[{"['.repeat(10)]);
    expect(toJson('news', value)).toBe(JSON.stringify(value));
  });

  it('asks an object twice at most, and survives that the second time is another', () => {
    let asked = 0;
    const value = Array.from({ length: 10 }, () => ({
      get rows() {
        if (++asked > 10) throw new Error('once only');
        return [];
      },
    }));
    expect(toJson('news', value)).toContain('"rows":[]');
  });

  it.each([
    ['__proto__', JSON.parse('[{ "__proto__": 1 }]') as unknown],
    ['constructor.prototype', { constructor: { prototype: 1 } }],
  ])('refuses the key %s (R4.3)', (_key, value) => {
    expect(() => toJson('news', value)).toThrow(/has a key/);
  });

  it.each([undefined, () => 1, Symbol('s')])('has nothing for %p', (value) => {
    expect(toJson('news', value)).toBeUndefined();
  });
});
