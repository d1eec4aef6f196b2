import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { toYaml } from '../../../src/asyncapi/yaml.writer.js';

const TEXTS = [
  '',
  ' ',
  'plain words',
  'true',
  'No',
  'null',
  '~',
  '1.0.0',
  '12',
  '0x1f',
  '1e3',
  '- item',
  'key: value',
  'a #comment',
  '#/components',
  '$ref',
  '@SocketPush()',
  '`code`',
  '"quoted"',
  "it's",
  'line\nbreak',
  'line\n\n  indented\n- list',
  'ends\n',
  '\nbegins',
  'tab\tbed',
  'trailing ',
  'ünïcödé – ✓',
  '\u0000\u0085\u2028\ufeff',
  '2026-01-31',
  '<<',
  '---',
  '? key',
  '%directive',
];

describe('The YAML', () => {
  it('is for people', () => {
    const document = { a: [{ b: 'text', c: [1, true] }, []], d: {}, e: 'two\nlines', 'f:g': null };
    expect(toYaml(document)).toBe(
      [
        'a:',
        '  - b: text',
        '    c:',
        '      - 1',
        '      - true',
        '  - []',
        'd: {}',
        'e: |-',
        '  two',
        '  lines',
        '"f:g": null',
        '',
      ].join('\n'),
    );
  });

  it.each(TEXTS)('of the text %j is that text, as a value, a key and an item', (text) => {
    const value = { value: text, [text]: 1, items: [text, [text], { deep: text }] };
    expect(parse(toYaml(value))).toEqual(value);
    expect(parse(toYaml(value), { version: '1.1' })).toEqual(value);
  });

  it('of any JSON is that JSON', () => {
    const record = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(record, (json) => {
        const data = JSON.parse(JSON.stringify(json)) as unknown;
        expect(parse(toYaml(data))).toEqual(data);
      }),
      { numRuns: 30 },
    );
  });
});
