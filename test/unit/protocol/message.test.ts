import { describe, expect, it } from '@jest/globals';
import { isRequestName } from '../../../src/protocol/message-name.js';
import {
  BadMessageError,
  formatAuthenticated,
  formatMessage,
  formatStreamEnd,
} from '../../../src/protocol/message.js';
import { parseMessage } from '../../../src/protocol/message.parser.js';
import { asText } from '../../../src/protocol/sent-message.js';

const MAX_DEPTH = 64;

function parse(text: string): unknown {
  return parseMessage(Buffer.from(text), MAX_DEPTH);
}

function nested(depth: number): string {
  return `{"request":"deep","data":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
}

describe('parseMessage', () => {
  it.each([
    '{"request":"validateGame","data":{"pgn":"1. e4"}}',
    '{"request":"validateGame","id":7,"data":null}',
    ' {"request":"version"}\n',
    '{"request":"watchGames","id":"a","stream":true}',
    '{"request":"announcement","response":"♞ grüßt"}',
  ])('reads %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    'nonsense',
    '{',
    '{"request":"a"} trailing',
    "{'request':'a'}",
    '\ufeff{"request":"a"}',
  ])('refuses %p, which is not JSON (R4.1)', (text) => {
    expect(() => parse(text)).toThrow(BadMessageError);
  });

  it('refuses what is not UTF-8 (R4.1)', () => {
    const latin1 = Buffer.from('{"request":"gr\xfc\xdfe"}', 'latin1');
    expect(() => parseMessage(latin1, MAX_DEPTH)).toThrow(new BadMessageError('not UTF-8'));
  });

  it.each(['null', '7', '"auth"', 'true', '[]', '[{"request":"auth"}]'])(
    'refuses %s, which is no JSON object (R4.1)',
    (text) => {
      expect(() => parse(text)).toThrow(new BadMessageError('not a JSON object'));
    },
  );

  it('reads what nests 64 deep, and refuses what nests deeper (R4.1)', () => {
    expect(parse(nested(64))).toHaveProperty('request', 'deep');
    expect(() => parse(nested(65))).toThrow(new BadMessageError('nested more than 64 deep'));
  });

  it.each([
    '{}',
    '{"data":1}',
    '{"request":null}',
    '{"request":7}',
    '{"request":["auth"]}',
    '{"request":""}',
    '{"request":"7up"}',
    '{"request":"_private"}',
    '{"request":"with space"}',
    '{"request":"with/slash"}',
    '{"request":"newline\\n"}',
    '{"request":"grüße"}',
    `{"request":"a${'b'.repeat(64)}"}`,
  ])('refuses %s, whose request is no name (R4.2)', (text) => {
    expect(() => parse(text)).toThrow(new BadMessageError('request is no valid name'));
  });

  it.each(['a', 'Z', 'a.b-c_d.9', `a${'b'.repeat(63)}`, 'toString', '__proto__'.slice(2)])(
    'accepts the name %s (R4.2)',
    (name) => {
      expect(parse(JSON.stringify({ request: name }))).toEqual({ request: name });
    },
  );

  it.each([
    '{"request":"a","__proto__":{"admin":true}}',
    '{"request":"a","data":{"__proto__":null}}',
    '{"request":"a","data":[{"deep":{"__proto__":1}}]}',
    '{"request":"a","data":{"\\u005f_proto__":{}}}',
    '{"request":"a","data":{"constructor":{"prototype":{}}}}',
    '{"request":"a","data":{"\\u0063onstructor":{"prototype":1}}}',
  ])('refuses %s, which has a forbidden key (R4.3)', (text) => {
    expect(() => parse(text)).toThrow('not valid JSON, or a forbidden key');
  });

  it.each(['0', '-1', '9007199254740991', '-9007199254740991', '"a"', `"${'x'.repeat(64)}"`])(
    'accepts the id %s (R4.4)',
    (id) => {
      expect(parse(`{"request":"a","id":${id}}`)).toEqual({ request: 'a', id: JSON.parse(id) });
    },
  );

  it.each([
    '1.5',
    '9007199254740992',
    '1e400',
    '""',
    `"${'x'.repeat(65)}"`,
    'null',
    'true',
    '{}',
    '[]',
  ])('refuses the id %s (R4.4)', (id) => {
    expect(() => parse(`{"request":"a","id":${id}}`)).toThrow(new BadMessageError('invalid id'));
  });

  it('ignores keys that it does not know (R4.5)', () => {
    expect(parse('{"request":"a","colour":"blue","data":1}')).toMatchObject({
      request: 'a',
      data: 1,
    });
  });
});

describe('isRequestName', () => {
  it.each([undefined, null, 7, {}, ['a']])('says no to %p (R4.2)', (name) => {
    expect(isRequestName(name)).toBe(false);
  });
});

describe('formatMessage', () => {
  it.each<[Parameters<typeof formatMessage>, string]>([
    [['a', undefined, 'data', { b: 1 }], '{"request":"a","data":{"b":1}}'],
    [['a', 7, 'response', 'x"y'], '{"request":"a","id":7,"response":"x\\"y"}'],
    [['a', 'i"d', 'item', [1]], '{"request":"a","id":"i\\"d","item":[1]}'],
    [['a', 0, 'response', undefined], '{"request":"a","id":0,"response":null}'],
    [['a', undefined, 'data', () => 1], '{"request":"a","data":null}'],
  ])('writes %j as %s', (args, expected) => {
    expect(formatMessage(...args)).toBe(expected);
  });

  it('writes what parseMessage reads, whatever the id and payload hold', () => {
    const payload = { text: '"\\ \u2028 ♞', list: [null, 1.5, true] };
    const text = formatMessage('a.b-c', '"\\', 'data', payload);
    expect(parse(asText(text))).toEqual({ request: 'a.b-c', id: '"\\', data: payload });
  });

  it('throws for what is not JSON, rather than send something else', () => {
    expect(() => formatMessage('a', 1, 'data', 1n)).toThrow(
      expect.objectContaining({
        code: 'INVALID_MESSAGE',
        cause: expect.any(TypeError) as unknown,
      }),
    );
  });
});

describe('formatStreamEnd', () => {
  it('ends a stream (R5.11)', () => {
    expect(formatStreamEnd('watchGames', 8)).toBe('{"request":"watchGames","id":8,"done":true}');
  });
});

describe('formatAuthenticated', () => {
  it('has a session key exactly when there is one', () => {
    expect(formatAuthenticated(0, 'success', 'q83v')).toBe(
      '{"request":"auth","id":0,"response":"success","sessionKey":"q83v"}',
    );
    expect(formatAuthenticated(undefined, true, undefined)).toBe(
      '{"request":"auth","response":true}',
    );
  });
});
