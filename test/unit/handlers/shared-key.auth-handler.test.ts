import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { SharedKeyAuthHandler } from '../../../src/handlers/shared-key.auth-handler.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';

const handler = new SharedKeyAuthHandler(resolveOptions({ authKey: AUTH_KEY }, () => undefined));

function authenticate(data: unknown): { result: unknown; meta: Record<string, unknown> } {
  const client = { meta: {} };
  const result = handler.server(data, client);
  return { result, meta: client.meta };
}

describe('SharedKeyAuthHandler', () => {
  it('lets the holder of the key in, and notes the role that it names', () => {
    expect(authenticate({ authKey: AUTH_KEY })).toEqual({ result: 'success', meta: {} });
    expect(authenticate({ authKey: AUTH_KEY, role: 'worker', admin: true })).toEqual({
      result: 'success',
      meta: { role: 'worker' },
    });
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { authKey: '' },
    { authKey: AUTH_KEY.slice(1) },
    { authKey: `${AUTH_KEY} ` },
    { authKey: AUTH_KEY.toUpperCase() },
    { authKey: [AUTH_KEY] },
    { authKey: { toString: AUTH_KEY } },
    { authKey: true },
  ])('refuses %j, and notes nothing', (data) => {
    const withRole = data && typeof data === 'object' ? { ...data, role: 'worker' } : data;
    expect(authenticate(withRole)).toEqual({ result: undefined, meta: {} });
  });

  it.each([7, {}, ['worker'], null])('does not take %p for a role', (role) => {
    expect(authenticate({ authKey: AUTH_KEY, role }).meta).toEqual({});
  });
});
