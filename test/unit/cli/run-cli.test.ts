import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newKeys } from '../../../src/cli/keygen.js';
import { resolveClientOptions } from '../../../src/client/core/client.options.js';
import { nodePlatform } from '../../../src/client/node/node.platform.js';
import { keyPairOf } from '../../../src/options/key-pair.js';
import { runInPipes } from '../../fixtures/cli-io.js';

const warn = () => undefined;

/** The values of lines such as `NAME=value`. */
function valuesOf(output: string): Record<string, string> {
  const lines = output.trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
}

describe('nestjs-sockets keygen', () => {
  it('prints an authKey that is strong enough, another one each time', async () => {
    const [first, second] = [await runInPipes(['keygen']), await runInPipes(['keygen', 'authKey'])];
    expect(first).toMatchObject({ error: '', exitCode: 0 });
    expect(first.output).toMatch(/^SOCKET_AUTH_KEY=[\w-]{43}\n$/);
    expect(second.output).not.toBe(first.output);
  });

  it.each(['server', 'device'] as const)('prints the key pair of a %s', async (kind) => {
    const { output } = await runInPipes(['keygen', kind]);
    const [secret, publicKey] = Object.values(valuesOf(output));
    expect(keyPairOf(secret!).publicKey.toString('base64url')).toBe(publicKey);
  });

  it('prints nothing but lines that the options read', () => {
    const options = {
      serverPublicKey: valuesOf(newKeys('server'))['SOCKET_SERVER_PUBLIC_KEY'],
      identity: valuesOf(newKeys('device'))['SOCKET_IDENTITY'],
    };
    expect(resolveClientOptions(options, warn, nodePlatform)).toMatchObject({
      ...options,
      pattern: 'IK',
    });
  });
});

describe('The command line', () => {
  it.each(['keygen', 'connect', 'bench', 'doctor'])('helps with %s on request', async (command) => {
    for (const flag of ['--help', '-h']) {
      const { output, error, exitCode } = await runInPipes([command, flag]);
      expect({ error, exitCode }).toEqual({ error: '', exitCode: 0 });
      expect(output).toContain(`Usage: nestjs-sockets ${command}`);
    }
  });

  it('names its commands on request', async () => {
    const { output, exitCode } = await runInPipes(['--help']);
    expect(exitCode).toBe(0);
    for (const command of ['keygen', 'connect', 'bench', 'doctor']) {
      expect(output).toContain(`\n  ${command} `);
    }
  });

  it.each([
    [['cat'], 'There is no command "cat".\n'],
    [['conect'], 'There is no command "conect". Did you mean connect?'],
    [['keygen', 'cat'], 'Keys are of one kind'],
    [['keygen', 'server', 'x'], 'Keys are of one kind'],
    [['keygen', '--loud'], 'There is no flag --loud.\n'],
    [['connect', 'ws://a', '--jsno'], 'There is no flag --jsno. Did you mean --json?'],
    [
      ['connect', 'ws://a', '--env-file', '.env'],
      'There is no flag --env-file. Did you mean --env?',
    ],
    [['connect', 'ws://a', '--server-key=x'], 'Did you mean --server-public-key?'],
    [['connect', 'ws://a', '-j'], 'There is no flag -j.\n'],
    [['connect', 'ws://a', '--json=yes'], '--json takes no value, but "yes" stands behind it'],
    [['connect', 'ws://a', '--timeout'], '--timeout takes a value: --timeout VALUE'],
    [['connect', 'ws://a', '--timeout='], '--timeout takes a value: --timeout VALUE'],
    [['connect', 'ws://a', '--key-id', '--json'], 'If it is the value, write --key-id=--json\n'],
    [['connect'], 'Say where to connect'],
    [['connect', 'ws://a', 'ws://b'], 'One URL is enough'],
    [['connect', 'http://localhost:2667/x'], 'Did you mean ws://localhost:2667/x?'],
    [['connect', 'localhost:2667'], 'Did you mean ws://localhost:2667?'],
    [['connect', 'ws://a', '--wire', '3'], '--wire takes 1 or 2'],
    [['connect', 'ws://a', '--auth-data', '{role}'], '--auth-data takes JSON'],
    [['connect', 'ws://a', '--auth-data', '[1]'], '--auth-data takes an object'],
    [['connect', 'ws://a', '--timeout', '0'], '--timeout takes a whole number'],
    [['connect', 'ws://a', '--ca', 'ca.pem'], '--ca is for wss://'],
    [['connect', 'wss://a', '--ca', '/nowhere/ca.pem'], '--ca cannot be read'],
    [['connect', 'ws://a', '--env', '/nowhere/.env'], '--env finds no file "/nowhere/.env"'],
    [['connect', 'ws://a', '--env', '/'], '--env cannot read "/"'],
    [['doctor', 'ws://a', '--wire', '2', '--no-encryption'], 'exclude each other'],
    [['doctor', 'ws://a', '--server-public-key', 'x'], 'X25519 key'],
    [['bench', 'ws://a'], 'Say what to ask for'],
    [['bench', 'ws://a', '--request', 'x', '--seconds', 'two'], '--seconds takes a whole number'],
    [['bench', 'ws://a', '--request', 'x', '--seconds', '-1'], '1 or more, not "-1"'],
    [['bench', 'ws://a', '--request', 'x', '--data', '{'], '--data takes JSON'],
  ])('ends with exit code 2 and says why for %j', async (words, why) => {
    const { output, error, exitCode } = await runInPipes(words);
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 2 });
    expect(error).toContain(why);
    // The help itself would push that out of sight.
    expect(error).toMatch(/\nnestjs-sockets ?\w* --help says more\.\n$/);
    expect(error.split('\n').length).toBeLessThanOrEqual(4);
  });

  it('takes values that begin with a hyphen, as one in 64 keys does', async () => {
    const key = `-${'A'.repeat(42)}`;
    const words = ['doctor', 'ws://127.0.0.1:1', '--server-public-key', key, '--json'];
    const { error, exitCode } = await runInPipes(words);
    expect({ error, exitCode }).toEqual({ error: '', exitCode: 1 });
  });

  it('without a command tells which there are', async () => {
    const { error, exitCode } = await runInPipes([]);
    expect(exitCode).toBe(2);
    expect(error).toContain('Usage: nestjs-sockets <command>');
  });

  it.each([['--version'], ['connect', '--version']])('says its version: %j', async (...words) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runInPipes(words)).toEqual({ output: `${version}\n`, error: '', exitCode: 0 });
  });

  it.each(['connect', 'bench', 'doctor'])(
    'says in the help with %s where it connects to without a URL, and how it ends',
    async (command) => {
      const { output } = await runInPipes([command, '--help']);
      expect(output).toContain('Without URL, SOCKET_ADDRESS');
      expect(output).toContain('130 it was interrupted');
    },
  );
});
