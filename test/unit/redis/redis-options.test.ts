import { describe, expect, it } from '@jest/globals';
import { createClient, createCluster } from 'redis';
import { addressOf } from '../../../src/redis/redis.client.js';
import { readRedisOptions } from '../../../src/redis/redis.options.js';
import { isHopeless, readServer } from '../../../src/redis/redis.server.js';

/** Wrong values are what a JavaScript user may give, whatever the types say. */
function refusal(options: object): string {
  try {
    readRedisOptions(options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_OPTION' });
    return (error as Error).message;
  }
  throw new Error('The options were accepted');
}

describe('The options of redisEngine()', () => {
  it('are a url or a client, and a prefix', () => {
    const url = 'rediss://user:password@redis.example.com:6380/2';
    expect(readRedisOptions({ url })).toEqual({ source: { url }, prefix: 'ns:' });
    const client = createClient();
    const options = readRedisOptions({ client, prefix: 'shop:' });
    expect(options.source).toEqual({ client });
    expect(options.prefix).toBe('shop:');
  });

  it('are refused where it is not clear which Redis is meant', () => {
    expect(refusal({})).toContain('expected either { url:');
    expect(refusal({ url: 'redis://localhost', client: createClient() })).toContain('either');
  });

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis://host/name', '', 5])(
    'are refused with the url %j',
    (url) => {
      expect(refusal({ url })).toMatch(/invalid option "url". Expected a URL such as/);
    },
  );

  it('never quote a url, which may have a password in it', () => {
    expect(refusal({ url: 'redis://:secret@host:not-a-port' })).not.toContain('secret');
    expect(refusal({ url: 'https://user:secret@host' })).not.toContain('secret');
  });

  it.each([
    ['a cluster', createCluster({ rootNodes: [{ url: 'redis://localhost' }] })],
    ['a client of version 4', { duplicate: () => ({}), isPubSubActive: false, disconnect() {} }],
    ['a string', 'redis://localhost'],
    ['null', null],
  ])('are refused with %s as client', (_, client) => {
    expect(refusal({ client })).toContain('what createClient() of the package redis');
  });

  it.each(['', 'with space', 'new\nline', 'x'.repeat(101), 7])(
    'are refused with the prefix %j',
    (prefix) => {
      expect(refusal({ url: 'redis://localhost', prefix })).toContain('invalid option "prefix"');
    },
  );

  it('are refused with names that nobody reads', () => {
    expect(refusal({ url: 'redis://localhost', keyPrefix: 'x' })).toContain('"keyPrefix"');
  });
});

describe('Where Redis is', () => {
  it('is told without secrets', () => {
    expect(addressOf({ url: 'redis://user:secret@host:7000/1' })).toBe('host:7000');
    expect(addressOf({ client: createClient({ url: 'redis://:secret@host:7000' }) })).toBe(
      'host:7000',
    );
    expect(
      addressOf({ client: createClient({ socket: { path: '/run/redis.sock', tls: false } }) }),
    ).toBe('/run/redis.sock');
    expect(addressOf({ client: createClient() })).toBe('localhost:6379');
  });
});

describe('What a server says about itself', () => {
  const info = (version: string, mode = 'standalone') =>
    `# Server\r\nredis_version:${version}\r\nredis_mode:${mode}\r\nrun_id:0123abcd\r\nhz:10\r\n`;

  it('has its run in it, if it may be asked', () => {
    expect(readServer(Buffer.from(info('7.0.15')))).toEqual({ run: '0123abcd' });
    expect(readServer('')).toEqual({ run: '' });
  });

  it('shows which servers will not do', () => {
    expect(readServer(info('6.2.0')).run).toBe('0123abcd');
    expect(() => readServer(info('6.0.16'))).toThrow('it is version 6.0.16');
    expect(() => readServer(info('7.4.0', 'cluster'))).toThrow('Redis Cluster');
  });

  it('shows when another attempt cannot help', () => {
    const errors = ['WRONGPASS invalid username-password pair', 'NOAUTH Authentication required.'];
    expect(errors.every((message) => isHopeless(new Error(message)))).toBe(true);
    expect(isHopeless(new Error('LOADING Redis is loading the dataset in memory'))).toBe(false);
    expect(isHopeless(new Error('connect ECONNREFUSED 127.0.0.1:6379'))).toBe(false);
  });
});
