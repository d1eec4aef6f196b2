import { describe, expect, it } from '@jest/globals';
import { isTooDeep as areTooDeep } from '../../../src/protocol/json-depth.js';

const isTooDeep = (text: string, limit: number) => areTooDeep(Buffer.from(text), limit);

describe('isTooDeep', () => {
  it.each([
    ['[]', 1],
    ['[[]]', 2],
    ['{"a":{"b":[1]}}', 3],
    ['[[],[],[],[]]', 2],
    ['[{},{},[],[],{}]', 2],
  ])('allows %s to nest %i deep, and not one less', (text, depth) => {
    expect(isTooDeep(text, depth)).toBe(false);
    expect(isTooDeep(text, depth - 1)).toBe(true);
  });

  it('does not count brackets inside strings', () => {
    expect(isTooDeep(`["${'['.repeat(100)}${'{'.repeat(100)}"]`, 1)).toBe(false);
  });

  it('knows an escaped quote, and an escaped backslash before a quote', () => {
    expect(isTooDeep('["\\"[[[["]', 1)).toBe(false);
    expect(isTooDeep('["\\\\",[[]]]', 2)).toBe(true);
    expect(isTooDeep('["\\\\",[[]]]', 3)).toBe(false);
  });

  it('finds depth that brackets of both kinds make together', () => {
    expect(isTooDeep('{"a":'.repeat(40) + '['.repeat(25), 64)).toBe(true);
    expect(isTooDeep('{"a":'.repeat(40) + '['.repeat(24), 64)).toBe(false);
  });

  it('does not need valid JSON to find it deep', () => {
    expect(isTooDeep('['.repeat(100_000), 64)).toBe(true);
    expect(isTooDeep(']'.repeat(1_000), 64)).toBe(false);
  });

  it('lets any depth pass with the limit off', () => {
    expect(isTooDeep('['.repeat(1_000), Infinity)).toBe(false);
  });
});
