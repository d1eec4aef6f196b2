import { describe, expect, it } from '@jest/globals';
import { closedEarly, upgradeRefused } from '../../../src/client/core/client.errors.js';

describe('closedEarly', () => {
  it.each([1000, 1005, 4400, 4401, 4403])('takes %i before auth as a rejection (R9.5)', (code) => {
    const error = closedEarly({ code, reason: '' });
    expect(error.code).toBe('AUTH_REJECTED');
    expect(error.message).toContain(String(code));
    expect(error.message).toContain('Check that "authKey" and "encryption"');
  });

  it.each([1001, 1006, 1011, 4408, 4429, 4503])(
    'takes %i before auth as worth another attempt (R9.6)',
    (code) => {
      expect(closedEarly({ code, reason: 'busy' })).toMatchObject({
        code: 'CONNECTION_LOST',
        message: expect.stringContaining(`${code}, busy`),
      });
    },
  );
});

describe('upgradeRefused', () => {
  it.each([401, 403])('takes HTTP %i as a rejection (R9.5)', (status) => {
    expect(upgradeRefused(status).code).toBe('AUTH_REJECTED');
  });

  it.each([408, 425, 429, 500, 503])('takes HTTP %i as worth another attempt (R9.6)', (status) => {
    const { code, message } = upgradeRefused(status);
    expect(code).toBe('CONNECTION_LOST');
    expect(message).toContain(`HTTP ${status}`);
  });

  it.each([301, 400, 404, 426])('takes HTTP %i as hopeless (R9.6)', (status) => {
    const { code, message } = upgradeRefused(status);
    expect(code).toBe('CANNOT_CONNECT');
    expect(message).toContain(`HTTP ${status}`);
  });
});
