import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { paintFor } from '../../../src/cli/common/paint.js';
import { errorObject, errorText, jsonText, plainText } from '../../../src/cli/common/shown-text.js';
import { RemoteError, SocketsError } from '../../../src/protocol/sockets.errors.js';

describe('Text that is shown', () => {
  it('has no power over the terminal', () => {
    expect(plainText('a\u001b[2J\u009b\r\nb\u2028')).toBe(
      'a\\u001b[2J\\u009b\\u000d\\u000ab\\u2028',
    );
  });

  it('stays JSON that means the same', () => {
    const value = { text: '\u001b\u009b\u2028"\\' };
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(jsonText(value)).toMatch(/^[\u0020-\u007e]*$/);
  });

  it('has bytes as base64, and null for what is no JSON', () => {
    const bytes = Buffer.from([0, 255]);
    expect(jsonText(bytes)).toBe('{"base64":"AP8="}');
    expect(jsonText({ a: [new Uint8Array(bytes)] })).toBe('{"a":[{"base64":"AP8="}]}');
    expect(jsonText(undefined)).toBe('null');
    expect(jsonText(null)).toBe('null');
  });

  it('tells of errors what a peer or this package says', () => {
    const remote = new RemoteError('save', { code: 'BAD', message: 'no\u001b', details: [1] });
    expect(errorObject(remote)).toEqual({ code: 'BAD', message: 'no\u001b', details: [1] });
    expect(errorText(remote)).toBe('BAD: no\\u001b [1]');
    expect(errorText(new SocketsError('NOT_CONNECTED', 'away'))).toBe('NOT_CONNECTED: away');
    expect(errorText(new Error('other'))).toBe('FAILED: other');
    expect(errorText('thrown')).toBe('FAILED: thrown');
  });
});

describe('Colours', () => {
  const output = (isTTY: boolean, colours: boolean) =>
    Object.assign(new PassThrough(), { isTTY, hasColors: () => colours });

  it('are for terminals that have them, and nobody has forbidden them', () => {
    expect(paintFor(output(true, true))('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(paintFor(output(true, false))('red', 'x')).toBe('x');
    expect(paintFor(output(false, true))('red', 'x')).toBe('x');
    expect(paintFor(new PassThrough())('red', 'x')).toBe('x');
  });
});
