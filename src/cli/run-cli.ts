import { randomBytes } from 'node:crypto';
import { generateKeyPair, privateBytesOf } from '../envelope/x25519.js';

const HELP = `Usage: nestjs-sockets keygen [authKey | server | device]

Prints new keys, ready for a .env file. Nothing is stored.

  authKey  the secret that clients and server share (default)
  server   the server's key pair: the first line for the server, the second for its clients
  device   a device's key pair: the first line for the device, the second for the server's keyStore
`;

const USAGE_ERROR = 2;

/** What a command prints, and how it ends. */
export interface CliResult {
  readonly output: string;
  readonly error: string;
  readonly exitCode: number;
}

/** @param words The arguments of the command line */
export function runCli(words: readonly string[]): CliResult {
  if (words.includes('--help') || words.includes('-h')) return printed(HELP);
  const [command, kind = 'authKey', ...rest] = words;
  const print = command === 'keygen' && rest.length === 0 ? KINDS.get(kind) : undefined;
  if (print) return printed(print());
  return { output: '', error: HELP, exitCode: USAGE_ERROR };
}

const KINDS: ReadonlyMap<string, () => string> = new Map([
  ['authKey', () => `SOCKET_AUTH_KEY=${randomBytes(32).toString('base64url')}\n`],
  ['server', () => pair('SOCKET_SERVER_KEY', 'SOCKET_SERVER_PUBLIC_KEY')],
  ['device', () => pair('SOCKET_IDENTITY', 'SOCKET_DEVICE_PUBLIC_KEY')],
]);

function pair(privateName: string, publicName: string): string {
  const keys = generateKeyPair();
  const secret = privateBytesOf(keys).toString('base64url');
  return `${privateName}=${secret}\n${publicName}=${keys.publicKey.toString('base64url')}\n`;
}

function printed(output: string): CliResult {
  return { output, error: '', exitCode: 0 };
}
