import { describe, expect, it, jest } from '@jest/globals';
import { memoryEngine } from '../../../src/engine/memory.engine.js';
import { RoomRules } from '../../../src/options/room-options.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { DEFAULT_LIMITS, type SocketsLimits } from '../../../src/protocol/limits.js';
import type { SocketsError } from '../../../src/protocol/sockets.errors.js';
import type { ResolvedSocketsOptions } from '../../../src/options/sockets.options.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useEnvironment } from '../../fixtures/environment.js';

const KEY = 'cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8';

const setEnvironment = useEnvironment();

/** Wrong values are what a JavaScript user or an environment may give, whatever the types say. */
function resolve(options: object = {}): ResolvedSocketsOptions {
  return resolveOptions({ authKey: AUTH_KEY, ...options }, () => undefined);
}

function refusal(options: object): SocketsError {
  try {
    resolve(options);
  } catch (error) {
    return error as SocketsError;
  }
  throw new Error('The options were accepted');
}

describe('resolveOptions', () => {
  it('has a default for everything', () => {
    const warn = jest.fn();
    expect(resolveOptions({}, warn)).toEqual({
      port: 2667,
      path: '/',
      host: undefined,
      authKey: 'AUTH_KEY',
      authKeys: ['AUTH_KEY'],
      versions: [1, 2],
      patterns: ['NNpsk0', 'NKpsk0', 'NK', 'IK'],
      serverKey: undefined,
      keyStore: undefined,
      padding: 0,
      sharedBroadcast: false,
      encryption: true,
      heartBeatInterval: 30_000,
      pushField: 'auto',
      slowConsumerPolicy: 'close',
      allowedOrigins: undefined,
      connectionGuard: undefined,
      trustProxy: false,
      engine: expect.objectContaining({ isShared: false }) as unknown,
      clusterKeys: [],
      rooms: new RoomRules(),
      drainSpread: 5_000,
      limits: DEFAULT_LIMITS,
    });
  });

  it('takes what it is given', () => {
    class Guard {}
    const options = {
      port: 0,
      path: '/sockets',
      host: '127.0.0.1',
      authKey: AUTH_KEY,
      encryption: false,
      versions: [2],
      patterns: ['NKpsk0', 'IK'],
      serverKey: KEY,
      keyStore: Guard,
      padding: 64,
      sharedBroadcast: true,
      heartBeatInterval: 5_000,
      pushField: 'response',
      slowConsumerPolicy: 'drop',
      allowedOrigins: ['https://app.example.com'],
      connectionGuard: Guard,
      trustProxy: ['loopback', '192.0.2.0/24'],
      engine: memoryEngine(),
      drainSpread: 0,
    };
    const more = { rooms: { 'table:*': { history: 5 } }, clusterKey: 'a key of the cluster' };
    const given = resolve({ ...options, ...more, maxMessageSize: 500, isGlobal: true });
    expect(given.rooms.optionsOf('table:7').history).toBe(5);
    expect(given).toEqual({
      ...options,
      authKeys: [AUTH_KEY],
      clusterKeys: ['a key of the cluster'],
      rooms: expect.any(RoomRules) as unknown,
      limits: { ...DEFAULT_LIMITS, maxMessageSize: 500 },
    });
  });

  it('takes several keys, of which each must be strong', () => {
    const authKeys = [AUTH_KEY, 'another-key-of-some-length'];
    expect(resolve({ authKey: authKeys })).toMatchObject({ authKey: AUTH_KEY, authKeys });
    const warn = jest.fn();
    resolveOptions({ authKey: [AUTH_KEY, 'short'] }, warn);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('has no authKey where no peer may prove itself by one', () => {
    const options = { authKey: undefined, serverKey: KEY, versions: [2], patterns: ['NK', 'IK'] };
    expect(resolve(options)).toMatchObject({ authKey: undefined, authKeys: [] });
    expect(resolve({ ...options, versions: [1, 2] })).toMatchObject({ authKey: 'AUTH_KEY' });
    expect(refusal({ ...options, engine: memoryEngine() }).message).toMatch(/"clusterKey"/);
    const clusterKey = 'a key of the cluster';
    expect(resolve({ ...options, engine: memoryEngine(), clusterKey }).authKeys).toEqual([]);
  });

  it.each([
    { authKey: [] },
    { authKey: [''] },
    { versions: [] },
    { versions: [3] },
    { patterns: [] },
    { patterns: ['XX'] },
    { patterns: 'IK' },
    { patterns: ['IK'] },
    { padding: -1 },
    { padding: 65_537 },
    { clusterKey: [] },
    { clusterKey: '' },
    { engine: {} },
    { rooms: 'secret' },
    { drainSpread: 60_001 },
    { serverKey: 'secret-but-no-key' },
    { serverKey: 'cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo9' },
  ])('refuses %j, and quotes no key', (options) => {
    const error = refusal(options);
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).not.toMatch(/secret|cHFy/);
  });

  it('treats undefined as left out', () => {
    expect(resolve({ port: undefined, maxJsonDepth: undefined })).toEqual(resolve());
  });

  it.each([
    ['SOCKET_PORT', '4000', { port: 4000 }],
    ['SOCKET_PORT', '0', { port: 0 }],
    ['SOCKET_PORT', 'http', { port: 'http' }],
    ['SOCKET_AUTH_KEY', 'a-key-from-the-environment', { authKey: 'a-key-from-the-environment' }],
    ['SOCKET_ENCRYPTION', 'false', { encryption: false }],
    ['SOCKET_ENCRYPTION', 'true', { encryption: true }],
    ['SOCKET_HEARTBEAT_INTERVAL', '1500', { heartBeatInterval: 1500 }],
  ])('falls back to %s=%s', (variable, value, expected) => {
    setEnvironment({ [variable]: value });
    expect(resolve({ authKey: undefined })).toMatchObject(expected);
  });

  it('prefers an option to its environment variable', () => {
    setEnvironment({
      SOCKET_PORT: '4000',
      SOCKET_AUTH_KEY: 'a-key-from-the-environment',
      SOCKET_ENCRYPTION: 'false',
      SOCKET_HEARTBEAT_INTERVAL: '1500',
    });
    const options = { port: 1, authKey: AUTH_KEY, encryption: true, heartBeatInterval: 7 };
    expect(resolve(options)).toMatchObject(options);
  });

  it('takes an empty variable as not set', () => {
    setEnvironment({ SOCKET_PORT: '', SOCKET_ENCRYPTION: '' });
    expect(resolve()).toMatchObject({ port: 2667, encryption: true });
  });

  it.each(['TRUE', 'True', 'yes', '1', 'on', 'FALSE', 'no', '0', 'off', ' true'])(
    'refuses SOCKET_ENCRYPTION=%s rather than guess',
    (value) => {
      setEnvironment({ SOCKET_ENCRYPTION: value });
      const { code, message } = refusal({});
      expect(code).toBe('INVALID_OPTION');
      expect(message).toContain('environment variable SOCKET_ENCRYPTION');
      expect(message).toContain('Expected true or false');
    },
  );

  it.each([
    ['SOCKET_PORT', 'abc'],
    ['SOCKET_PORT', '65536'],
    ['SOCKET_PORT', '-1'],
    ['SOCKET_PORT', '80.5'],
    ['SOCKET_PORT', '0x50'],
    ['SOCKET_PORT', 'HTTP'],
    ['SOCKET_HEARTBEAT_INTERVAL', '0'],
    ['SOCKET_HEARTBEAT_INTERVAL', '30s'],
    ['SOCKET_HEARTBEAT_INTERVAL', '1e4'],
  ])('refuses %s=%s', (variable, value) => {
    setEnvironment({ [variable]: value });
    const { code, message } = refusal({});
    expect(code).toBe('INVALID_OPTION');
    expect(message).toMatch(
      new RegExp(`environment variable ${variable}. Expected a whole number`),
    );
  });

  it.each([
    ['port', 65_536, '0 to 65535'],
    ['port', -1, '0 to 65535'],
    ['port', 1.5, 'a whole number'],
    ['port', '2667', 'a whole number'],
    ['port', 'HTTP', 'a whole number'],
    ['port', NaN, 'a whole number'],
    ['port', null, 'a whole number'],
    ['path', 'sockets', "starts with '/'"],
    ['path', '', "starts with '/'"],
    ['path', 7, "starts with '/'"],
    ['host', '', 'a string that is not empty'],
    ['host', 127, 'a string that is not empty'],
    ['authKey', '', 'a string that is not empty'],
    ['authKey', 7, 'a string that is not empty'],
    ['encryption', 'true', 'true or false'],
    ['encryption', 1, 'true or false'],
    ['encryption', null, 'true or false'],
    ['heartBeatInterval', 0, '1 to 2147483647, or Infinity'],
    ['heartBeatInterval', 2 ** 31, '1 to 2147483647, or Infinity'],
    ['heartBeatInterval', '30s', 'a whole number'],
    ['pushField', 'payload', "'auto' or 'data' or 'response'"],
    ['slowConsumerPolicy', 'wait', "'close' or 'drop'"],
    ['allowedOrigins', 'https://app.example.com', "'*' or an array"],
    ['allowedOrigins', [7], "'*' or an array"],
    ['connectionGuard', {}, 'a class'],
    ['trustProxy', true, "'10.0.0.0/8' or 'loopback'"],
    ['trustProxy', -1, 'the number of proxies'],
    ['trustProxy', 'proxy.example.com', 'addresses and networks'],
    ['trustProxy', ['10.0.0.0/40'], 'addresses and networks'],
    ['trustProxy', [], 'addresses and networks'],
    ['authTimeout', 0, '1 to 2147483647, or Infinity'],
    ['maxMessageSize', 63, '64 to 2147483647'],
    ['maxUnauthenticatedMessageSize', 0, '64 to 2147483647'],
    ['maxHandlersInFlight', 0, '1 or more, or Infinity'],
    ['maxJsonDepth', -1, '1 or more, or Infinity'],
    ['maxConnections', '10', '1 or more, or Infinity'],
    ['replayWindow', -1, '0 to 16777216'],
    ['replayWindow', Infinity, '0 to 16777216'],
    ['authReplayWindow', 2 ** 24 + 1, '0 to 16777216'],
    ['sendHighWaterMark', 16_383, '16384 or more, or Infinity (off)'],
    ['sendHardCap', 1, '16384 or more, or Infinity (off)'],
    ['shutdownTimeout', -5, '1 to 2147483647'],
  ])('refuses %s %p and says what was expected', (name, value, expectation) => {
    const { code, message } = refusal({ [name]: value });
    expect(code).toBe('INVALID_OPTION');
    expect(message).toContain(`SocketsModule: invalid option "${name}"`);
    expect(message).toContain(expectation);
  });

  it('says of an option that is gone since when, and what to do instead', () => {
    const { code, message } = refusal({ maxHeavySharePercent: 10 });
    expect(code).toBe('INVALID_OPTION');
    expect(message).toMatch(/"maxHeavySharePercent".*gone since 0\.2\.0.*"maxMessagesPerSecond"/);
  });

  it.each(Object.keys(DEFAULT_LIMITS) as (keyof SocketsLimits)[])(
    'takes a value for the limit %s, and refuses a string',
    (name) => {
      const value = 77_000;
      expect(resolve({ [name]: value }).limits).toEqual({ ...DEFAULT_LIMITS, [name]: value });
      expect(refusal({ [name]: String(value) }).message).toContain(`invalid option "${name}"`);
    },
  );

  it.each([
    'heartBeatInterval',
    'authTimeout',
    'shutdownTimeout',
    'maxMessageSize',
    'maxHandlersInFlight',
    'maxConnections',
  ])('takes Infinity for %s', (name) => {
    const { heartBeatInterval, limits } = resolve({ [name]: Infinity });
    expect({ heartBeatInterval, ...limits }).toHaveProperty(name, Infinity);
  });

  it.each(['maxMesageSize', 'heartbeatInterval', 'AuthKey', 'key'])(
    'refuses the misspelt option %s, and lists those that there are',
    (name) => {
      const { code, message } = refusal({ [name]: 1 });
      expect(code).toBe('INVALID_OPTION');
      expect(message).toContain(`"${name}"`);
      expect(message).toContain('There is no such option. Known are: port, path');
      for (const limit of Object.keys(DEFAULT_LIMITS)) expect(message).toContain(limit);
    },
  );

  it.each([null, 'options', 7])('refuses %p in place of options', (options) => {
    expect(() => resolveOptions(options as never, () => undefined)).toThrow(
      'SocketsModule expects an object of options',
    );
  });

  it('never prints a value that may be a key', () => {
    const secret = 'a-secret-that-nobody-should-read';
    for (const name of ['port', 'path', 'encryption', 'heartBeatInterval', 'pushField']) {
      expect(refusal({ [name]: secret }).message).not.toContain(secret);
    }
    setEnvironment({ SOCKET_ENCRYPTION: secret, SOCKET_PORT: secret });
    expect(refusal({}).message).not.toContain(secret);
    expect(refusal({ port: 1 }).message).not.toContain(secret);
  });
});

describe('resolveOptions, about weak keys', () => {
  it.each([undefined, 'AUTH_KEY', 'short', 'fifteen-letters'])(
    'warns of the authKey %p, and says how to make a better one',
    (authKey) => {
      const warn = jest.fn<(message: string) => void>();
      resolveOptions({ authKey }, warn);
      expect(warn).toHaveBeenCalledTimes(1);
      const [message] = warn.mock.calls[0]!;
      expect(message).toMatch(/well-known default|characters; at least 16/);
      expect(message).toContain('npx nestjs-sockets keygen');
    },
  );

  it.each([undefined, 'AUTH_KEY', 'short', 'fifteen-letters'])(
    'refuses the authKey %p in production',
    (authKey) => {
      setEnvironment({ NODE_ENV: 'production' });
      const { code, message } = refusal({ authKey });
      expect(code).toBe('INVALID_OPTION');
      expect(message).toContain('Set the option "authKey" or SOCKET_AUTH_KEY');
    },
  );

  it('is quiet about a key of 16 characters, in production too', () => {
    setEnvironment({ NODE_ENV: 'production' });
    const warn = jest.fn();
    resolveOptions({ authKey: 'sixteen--letters' }, warn);
    expect(warn).not.toHaveBeenCalled();
  });

  it('never prints the key', () => {
    const warn = jest.fn<(message: string) => void>();
    resolveOptions({ authKey: 'short-s3cret' }, warn);
    expect(warn.mock.calls[0]![0]).not.toContain('s3cret');
    setEnvironment({ NODE_ENV: 'production' });
    expect(refusal({ authKey: 'short-s3cret' }).message).not.toContain('s3cret');
  });
});
