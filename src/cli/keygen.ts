import { randomBytes } from 'node:crypto';
import { generateKeyPair, privateBytesOf } from '../envelope/x25519.js';
import { readCommandLine } from './common/command-line.js';
import { ExitCode, type CliIo } from './common/cli-io.js';
import { UsageError } from './common/usage.error.js';

export const KEYGEN_HELP = `Usage: nestjs-sockets keygen [authKey | server | device]

Prints new keys, ready for a .env file. Nothing is stored.

  authKey  the secret that clients and server share (default)
  server   the server's key pair: the first line for the server, the second for its clients
  device   a device's key pair: the first line for the device, the second for the server's keyStore
`;

const KINDS = {
  authKey: () => `SOCKET_AUTH_KEY=${randomBytes(32).toString('base64url')}\n`,
  server: () => pair('SOCKET_SERVER_KEY', 'SOCKET_SERVER_PUBLIC_KEY'),
  device: () => pair('SOCKET_IDENTITY', 'SOCKET_DEVICE_PUBLIC_KEY'),
} as const;

export type KeyKind = keyof typeof KINDS;

/** @throws UsageError */
export function keygen(words: readonly string[], { output }: CliIo): Promise<number> {
  const [kind = 'authKey', ...rest] = readCommandLine(words, {}).words;
  if (rest.length > 0 || !isKind(kind)) {
    throw new UsageError('Keys are of one kind: authKey, server or device.');
  }
  output.write(newKeys(kind));
  return Promise.resolve(ExitCode.Ok);
}

/** New keys, as lines of a .env file. */
export function newKeys(kind: KeyKind): string {
  return KINDS[kind]();
}

function isKind(kind: string): kind is KeyKind {
  return Object.hasOwn(KINDS, kind);
}

function pair(privateName: string, publicName: string): string {
  const keys = generateKeyPair();
  const secret = privateBytesOf(keys).toString('base64url');
  return `${privateName}=${secret}\n${publicName}=${keys.publicKey.toString('base64url')}\n`;
}
