import { describe, expect, it, jest } from '@jest/globals';
import {
  resolveClientOptions,
  type ResolvedClientOptions,
  type SocketClientOptions,
} from '../../../src/client/core/client.options.js';
import { nodePlatform } from '../../../src/client/node/node.platform.js';
import type { SocketsError } from '../../../src/protocol/sockets.errors.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useEnvironment } from '../../fixtures/environment.js';

const WSS = 'wss://localhost:2667';
const KEY = 'cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8';
const setEnvironment = useEnvironment();

/** Wrong values are what a JavaScript user or an environment may give, whatever the types say. */
function resolve(options: object = {}): ResolvedClientOptions {
  const given = { authKey: AUTH_KEY, ...options } as SocketClientOptions;
  return resolveClientOptions(given, () => undefined, nodePlatform);
}

function refusal(options: object): SocketsError {
  try {
    resolve(options);
  } catch (error) {
    return error as SocketsError;
  }
  throw new Error('The options were accepted');
}

describe('resolveClientOptions', () => {
  it('has a default for everything', () => {
    const warn = jest.fn();
    expect(resolveClientOptions({}, warn, nodePlatform)).toEqual({
      address: 'ws://localhost:2667',
      authKey: 'AUTH_KEY',
      authData: {},
      encryption: true,
      version: 2,
      pattern: 'NNpsk0',
      serverPublicKey: undefined,
      identity: undefined,
      keyId: undefined,
      padding: 0,
      heartBeatInterval: 30_000,
      connectTimeout: 10_000,
      reconnect: { baseDelay: 1_000, maxDelay: 60_000, maxAttempts: Infinity },
      handlers: {},
      maxMessageSize: 16 * 1024 * 1024,
      maxStreamBacklog: 10_000,
    });
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('takes what it is given', () => {
    const options = {
      address: 'wss://sockets.example.com/path',
      authKey: AUTH_KEY,
      authData: { role: 'worker' },
      encryption: false,
      heartBeatInterval: Infinity,
      connectTimeout: 100,
      reconnect: { baseDelay: 0, maxDelay: 10, maxAttempts: 3 },
      handlers: { announcement: () => undefined },
      maxMessageSize: 100,
      maxStreamBacklog: Infinity,
    };
    expect(resolve(options)).toMatchObject(options);
  });

  it.each([
    [{ version: 2, authKey: AUTH_KEY }, 'NNpsk0'],
    [{ serverPublicKey: KEY, authKey: AUTH_KEY }, 'NKpsk0'],
    [{ serverPublicKey: KEY }, 'NK'],
    [{ serverPublicKey: KEY, identity: KEY }, 'IK'],
    [{ keyId: 'tenant-7', authKey: AUTH_KEY }, 'NNpsk0'],
  ] as const)('makes version 2 of %j, in %s', (options, pattern) => {
    setEnvironment({ SOCKET_AUTH_KEY: '' });
    expect(resolveClientOptions(options, () => undefined, nodePlatform)).toMatchObject({
      version: 2,
      pattern,
    });
  });

  it.each([
    { version: 2, encryption: false },
    { version: 1, serverPublicKey: KEY },
    { identity: KEY },
    { keyId: 'a b' },
    { version: 3 },
    { serverPublicKey: 'secret' },
    { address: 'ws://localhost:2667', tls: { ca: 'secret' } },
    { address: WSS, tls: { cert: 'a certificate' } },
    { address: WSS, tls: { key: 'secret' } },
    { address: WSS, tls: { pfx: 'secret' } },
    { address: WSS, tls: { ca: ['secret', 7] } },
    { address: WSS, tls: { ca: [] } },
    { address: WSS, tls: { rejectUnauthorized: 'secret' } },
    { address: WSS, tls: 'secret' },
  ])('refuses %j, and quotes no key', (options) => {
    const error = refusal(options);
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).not.toMatch(/secret|cHFy/);
  });

  it('takes PEM as text and as bytes, with wss:// alone', () => {
    const tls = { ca: ['a CA', Buffer.from('another')], cert: 'a', key: Buffer.from('b') };
    expect(resolve({ address: WSS, tls }).tls).toEqual(tls);
    expect(refusal({ tls }).message).toContain('"tls" needs an "address" that begins with wss://');
    expect(refusal({ address: WSS, tls: { key: 'b' } }).message).toContain('need each other');
  });

  it('lets reconnecting be turned off, or set in part', () => {
    expect(resolve({ reconnect: false }).reconnect).toBe(false);
    expect(resolve({ reconnect: { baseDelay: 5 } }).reconnect).toEqual({
      baseDelay: 5,
      maxDelay: 60_000,
      maxAttempts: Infinity,
    });
  });

  it.each([
    ['SOCKET_ADDRESS', 'ws://127.0.0.1:4000', { address: 'ws://127.0.0.1:4000' }],
    ['SOCKET_AUTH_KEY', 'a-key-from-the-environment', { authKey: 'a-key-from-the-environment' }],
    ['SOCKET_ENCRYPTION', 'false', { encryption: false }],
    ['SOCKET_HEARTBEAT_INTERVAL', '1500', { heartBeatInterval: 1500 }],
    ['SOCKET_PORT', '4000', { address: 'ws://localhost:4000' }],
    ['SOCKET_PORT', 'http', { address: 'ws://localhost:2667' }],
    ['SOCKET_PORT', '0', { address: 'ws://localhost:2667' }],
    ['SOCKET_RECONNECT_BASE_DELAY', '50', { reconnect: { baseDelay: 50, maxDelay: 60_000 } }],
    ['SOCKET_RECONNECT_MAX_DELAY', '5000', { reconnect: { baseDelay: 1_000, maxDelay: 5_000 } }],
    ['SOCKET_MAX_RECONNECT_ATTEMPTS', '5', { reconnect: { maxAttempts: 5 } }],
    ['SOCKET_MAX_RECONNECT_ATTEMPTS', '0', { reconnect: false }],
  ])('falls back to %s=%s', (variable, value, expected) => {
    setEnvironment({ [variable]: value });
    expect(resolve({ authKey: undefined })).toMatchObject(expected);
  });

  it('prefers an address to SOCKET_PORT, wherever it is given', () => {
    setEnvironment({ SOCKET_PORT: 'nonsense' });
    expect(resolve({ address: 'ws://example.com' }).address).toBe('ws://example.com');
    expect(refusal({}).message).toContain('SOCKET_PORT');
    setEnvironment({ SOCKET_PORT: '4000', SOCKET_ADDRESS: 'ws://example.com' });
    expect(resolve().address).toBe('ws://example.com');
  });

  it('takes maxAttempts 0 for no retry', () => {
    expect(resolve({ reconnect: { maxAttempts: 0 } }).reconnect).toBe(false);
  });

  it.each(['TRUE', 'yes', '1'])('refuses SOCKET_ENCRYPTION=%s', (value) => {
    setEnvironment({ SOCKET_ENCRYPTION: value });
    expect(refusal({}).message).toContain('SOCKET_ENCRYPTION. Expected true or false');
  });

  it.each([
    ['address', 'localhost:2667', "an address such as 'ws://localhost:2667'"],
    ['address', 'http://localhost:2667', 'an address such as'],
    ['address', 'nonsense', 'an address such as'],
    ['address', '', 'an address such as'],
    ['address', 7, 'an address such as'],
    ['authKey', '', 'a string that is not empty'],
    ['authData', 'worker', 'an object'],
    ['authData', ['worker'], 'an object'],
    ['authData', { id: 1n }, 'an object that is JSON'],
    ['authData', { toJSON: () => undefined }, 'an object that is JSON'],
    ['encryption', 'false', 'true or false'],
    ['heartBeatInterval', 0, 'a whole number'],
    ['connectTimeout', -1, 'a whole number'],
    ['reconnect', true, 'an object or false'],
    ['reconnect', null, 'an object or false'],
    ['handlers', { announcement: 'hello' }, 'an object of functions'],
    ['maxMessageSize', 1, '64 to'],
    ['maxStreamBacklog', 0, '1 or more'],
  ])('refuses %s %p and says what was expected', (name, value, expectation) => {
    const { code, message } = refusal({ [name]: value });
    expect(code).toBe('INVALID_OPTION');
    expect(message).toContain(`SocketClient: invalid option "${name}"`);
    expect(message).toContain(expectation);
  });

  it.each([
    [{ baseDelay: -1 }, 'SocketClient reconnect: invalid option "baseDelay"'],
    [{ maxDelay: 1.5 }, 'SocketClient reconnect: invalid option "maxDelay"'],
    [{ maxAttempts: -1 }, 'SocketClient reconnect: invalid option "maxAttempts"'],
    [{ attempts: 3 }, 'Known are: baseDelay, maxDelay, maxAttempts'],
  ])('refuses reconnect %j', (reconnect, message) => {
    expect(refusal({ reconnect }).message).toContain(message);
  });

  it('says that SOCKET_ADDRESS is wrong where it is', () => {
    setEnvironment({ SOCKET_ADDRESS: 'nonsense' });
    const { code, message } = refusal({});
    expect(code).toBe('INVALID_OPTION');
    expect(message).toContain('SOCKET_ADDRESS');
    expect(message).toContain("an address such as 'ws://localhost:2667'");
  });

  it('refuses a misspelt option, and lists those that there are', () => {
    const { message } = refusal({ adress: 'ws://localhost:1' });
    expect(message).toContain('"adress"');
    expect(message).toContain('Known are: address, authKey');
  });

  it('refuses the default key in production, and never prints a key', () => {
    setEnvironment({ NODE_ENV: 'production' });
    expect(refusal({ authKey: undefined }).message).toContain('well-known default');
    expect(refusal({ authKey: 's3cret' }).message).not.toContain('s3cret');
  });
});
