import { describe, expect, it } from '@jest/globals';
import { parseSafely } from '../../../src/protocol/safe-json.js';

/** Every way to write a key with one of its characters escaped, and with all of them. */
function spellings(key: string): string[] {
  const escape = (character: string, upper: boolean) => {
    const digits = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upper ? digits.toUpperCase() : digits}`;
  };
  const characters = [...key];
  const single = characters.map((character, at) =>
    [...key.slice(0, at), escape(character, at % 2 === 0), ...key.slice(at + 1)].join(''),
  );
  return [key, ...single, characters.map((character) => escape(character, true)).join('')];
}

describe('parseSafely', () => {
  it.each(spellings('__proto__'))('refuses the key %s (R4.3)', (key) => {
    expect(() => parseSafely(`{"a":[{"${key}":{"admin":true}}]}`)).toThrow(SyntaxError);
  });

  it.each(spellings('constructor'))('refuses the key %s with a prototype in it (R4.3)', (key) => {
    expect(() => parseSafely(`{"a":{"${key}":{"prototype":{}}}}`)).toThrow(SyntaxError);
  });

  it.each(spellings('prototype'))('refuses constructor with the key %s in it (R4.3)', (key) => {
    expect(() => parseSafely(`{"constructor":{"${key}":1}}`)).toThrow(SyntaxError);
  });

  it.each([
    '{"constructor":"Fischer"}',
    '{"constructor":{"name":"Renault"}}',
    '{"prototype":{"constructor":1}}',
    '{"text":"__proto__"}',
    '{"text":"\\"__proto__\\": 1"}',
    '{"text":"\\u00fc \\u005f"}',
    '{"proto":1,"_proto_":2}',
  ])('reads %s, which only looks like it', (text) => {
    expect(parseSafely(text)).toEqual(JSON.parse(text));
  });

  it('refuses white space between the key and its colon no less (R4.3)', () => {
    expect(() => parseSafely('{"__proto__"\n\t :{}}')).toThrow(SyntaxError);
  });

  it('throws a SyntaxError for what is not JSON', () => {
    expect(() => parseSafely('{"a":}')).toThrow(SyntaxError);
  });
});
