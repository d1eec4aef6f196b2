import { describe, expect, it } from '@jest/globals';
import { toErrorBody } from '../../../src/protocol/error-body.js';

describe('toErrorBody', () => {
  it('keeps code, message and details', () => {
    const body = { code: 'NOT_FOUND', message: 'No such game', details: ['B90'] };
    expect(toErrorBody(body)).toEqual(body);
  });

  it('drops whatever else the peer put there', () => {
    expect(toErrorBody({ code: 'A', message: 'b', stack: 'at secret.ts' })).toEqual({
      code: 'A',
      message: 'b',
    });
  });

  it.each([null, undefined, 'broken', 7, [], {}, { code: 7, message: {} }])(
    'makes an INTERNAL error of %p',
    (error) => {
      expect(toErrorBody(error)).toEqual({
        code: 'INTERNAL',
        message: 'The peer gave no reason',
      });
    },
  );
});
