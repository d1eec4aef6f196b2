import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AuthData, SocketClientOptions } from '../../client/core/client.options.js';
import { environment } from '../../options/environment.js';
import { jsonFlag, wholeNumber, type CommandLine } from './command-line.js';
import { UsageError } from './usage.error.js';

/** Flags of every command that connects, as `parseArgs` takes them. */
export const CONNECTION_FLAGS = {
  wire: { type: 'string' },
  'auth-data': { type: 'string' },
  'server-public-key': { type: 'string' },
  'key-id': { type: 'string' },
  ca: { type: 'string' },
  'no-encryption': { type: 'boolean' },
  env: { type: 'string' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const CONNECTION_HELP = `  --wire 1|2             the version of the wire (default 2; 1 with --no-encryption)
  --auth-data JSON       more data for the server's auth handler: '{"role":"worker"}'
  --server-public-key K  the server's public key (or SOCKET_SERVER_PUBLIC_KEY)
  --key-id ID            which of the server's keys is meant
  --ca FILE              the CA to trust for wss://, in PEM, in place of those of Node
  --no-encryption        for a server without encryption
  --env FILE             reads the variables below from a file, as keygen prints them

Without URL, SOCKET_ADDRESS says where to connect. Secrets come from the environment, and are never printed:
  SOCKET_ADDRESS         the URL
  SOCKET_AUTH_KEY        the key that clients and server share
  SOCKET_IDENTITY        the private key of this device

Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 it was interrupted.
`;

/** Where to connect to, and how, for options of a `SocketClient`. */
export interface ConnectionFlags {
  readonly address: string;
  readonly options: SocketClientOptions;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json: boolean;
}

/**
 * The flags that commands have in common.
 * @throws UsageError
 */
export function readConnectionFlags(line: CommandLine, defaultTimeout: number): ConnectionFlags {
  loadVariables(line);
  const { flags } = line;
  const address = readAddress(line);
  const options: SocketClientOptions = {
    address,
    ...(flags.has('wire') && { version: readVersion(flags.get('wire')) }),
    ...(flags.has('auth-data') && { authData: readAuthData(line) }),
    ...(flags.has('no-encryption') && { encryption: false }),
    ...(flags.has('server-public-key') && {
      serverPublicKey: String(flags.get('server-public-key')),
    }),
    ...(flags.has('key-id') && { keyId: String(flags.get('key-id')) }),
    ...(flags.has('ca') && { tls: { ca: readCa(address, flags.get('ca')) } }),
  };
  const timeout = wholeNumber(line, 'timeout', defaultTimeout);
  return { address, options, timeout, json: flags.has('json') };
}

function loadVariables({ flags }: CommandLine): void {
  const file = flags.get('env');
  if (file === undefined) return;
  try {
    process.loadEnvFile(String(file));
  } catch (error) {
    throw new UsageError(noVariables(String(file), error as NodeJS.ErrnoException));
  }
}

function noVariables(file: string, { code = '', message }: NodeJS.ErrnoException): string {
  if (code !== 'ENOENT') return `--env cannot read "${file}": ${code || message}.`;
  return `--env finds no file "${resolve(file)}". Name the file that has the variables of this client, as in --env .env`;
}

const NOWHERE = 'Say where to connect, as in ws://localhost:2667, or set SOCKET_ADDRESS.';

function readAddress({ words }: CommandLine): string {
  const [address = environment()['SOCKET_ADDRESS'], ...rest] = words;
  if (!address) throw new UsageError(NOWHERE);
  if (rest.length > 0) throw new UsageError(`One URL is enough, not "${rest.join(' ')}".`);
  if (URL.canParse(address) && /^wss?:$/.test(new URL(address).protocol)) return address;
  const hint = address.replace(/^http/, 'ws');
  const example = /^wss?:/.test(hint) ? hint : `ws://${hint}`;
  const meant = URL.canParse(example) ? ` Did you mean ${example}?` : '';
  throw new UsageError(`A URL begins with ws:// or wss://.${meant}`);
}

function readCa(address: string, file: unknown): Buffer {
  if (!address.startsWith('wss:')) throw new UsageError('--ca is for wss:// alone.');
  try {
    return readFileSync(String(file));
  } catch (error) {
    throw new UsageError(`--ca cannot be read: ${(error as Error).message}`);
  }
}

function readVersion(text: unknown): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new UsageError('--wire takes 1 or 2.');
}

function readAuthData(line: CommandLine): AuthData {
  const data = jsonFlag(line, 'auth-data');
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as AuthData;
  throw new UsageError(`--auth-data takes an object: '{"role":"worker"}'.`);
}
