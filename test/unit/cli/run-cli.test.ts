import { describe, expect, it } from '@jest/globals';
import { runCli } from '../../../src/cli/run-cli.js';
import { resolveClientOptions } from '../../../src/client/core/client.options.js';
import { nodePlatform } from '../../../src/client/node/node.platform.js';
import { keyPairOf } from '../../../src/options/key-pair.js';

const warn = () => undefined;

/** The values of lines such as `NAME=value`. */
function valuesOf(output: string): Record<string, string> {
  const lines = output.trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
}

describe('nestjs-sockets keygen', () => {
  it('prints an authKey that is strong enough, another one each time', () => {
    const [first, second] = [runCli(['keygen']), runCli(['keygen', 'authKey'])];
    expect(first).toMatchObject({ error: '', exitCode: 0 });
    expect(first.output).toMatch(/^SOCKET_AUTH_KEY=[\w-]{43}\n$/);
    expect(second.output).not.toBe(first.output);
  });

  it.each(['server', 'device'])('prints the key pair of a %s', (kind) => {
    const [secret, publicKey] = Object.values(valuesOf(runCli(['keygen', kind]).output));
    expect(keyPairOf(secret!).publicKey.toString('base64url')).toBe(publicKey);
  });

  it('prints nothing but lines that the options read', () => {
    const server = valuesOf(runCli(['keygen', 'server']).output);
    const device = valuesOf(runCli(['keygen', 'device']).output);
    const options = {
      serverPublicKey: server['SOCKET_SERVER_PUBLIC_KEY'],
      identity: device['SOCKET_IDENTITY'],
    };
    expect(resolveClientOptions(options, warn, nodePlatform.identity)).toMatchObject({
      ...options,
      pattern: 'IK',
    });
  });

  it('helps on request, and with exit code 2 where it does not understand', () => {
    expect(runCli(['--help'])).toMatchObject({ exitCode: 0, error: '' });
    for (const words of [[], ['keygen', 'cat'], ['keygen', 'server', 'x'], ['cat']]) {
      expect(runCli(words)).toMatchObject({ exitCode: 2, output: '' });
      expect(runCli(words).error).toContain('Usage: nestjs-sockets keygen');
    }
  });
});
