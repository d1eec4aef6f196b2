import { readFileSync } from 'node:fs';
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
  'env-file': { type: 'string' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const CONNECTION_HELP = `  --wire 1|2             the version of the wire (default 2; 1 with --no-encryption)
  --auth-data JSON       more data for the server's auth handler: '{"role":"worker"}'
  --server-public-key K  the server's public key (or SOCKET_SERVER_PUBLIC_KEY)
  --key-id ID            which of the server's keys is meant
  --ca FILE              the CA to trust for wss://, in PEM, in place of those of Node
  --no-encryption        for a server without encryption
  --env-file FILE        reads the variables below from a file, as keygen prints them

Secrets come from the environment, and are never printed:
  SOCKET_AUTH_KEY        the key that clients and server share
  SOCKET_IDENTITY        the private key of this device
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
export function readConnectionFlags(
  line: CommandLine,
  usage: string,
  defaultTimeout: number,
): ConnectionFlags {
  loadVariables(line, usage);
  const { flags } = line;
  const address = readAddress(line, usage);
  const options: SocketClientOptions = {
    address,
    ...(flags.has('wire') && { version: readVersion(flags.get('wire'), usage) }),
    ...(flags.has('auth-data') && { authData: readAuthData(line, usage) }),
    ...(flags.has('no-encryption') && { encryption: false }),
    ...(flags.has('server-public-key') && {
      serverPublicKey: String(flags.get('server-public-key')),
    }),
    ...(flags.has('key-id') && { keyId: String(flags.get('key-id')) }),
    ...(flags.has('ca') && { tls: { ca: readCa(address, flags.get('ca'), usage) } }),
  };
  const timeout = wholeNumber(line, 'timeout', defaultTimeout, usage);
  return { address, options, timeout, json: flags.has('json') };
}

function loadVariables({ flags }: CommandLine, usage: string): void {
  const file = flags.get('env-file');
  if (file === undefined) return;
  try {
    process.loadEnvFile(String(file));
  } catch (error) {
    throw new UsageError(`--env-file cannot be read: ${(error as Error).message}`, usage);
  }
}

function readAddress({ words }: CommandLine, usage: string): string {
  const [address = environment()['SOCKET_ADDRESS'], ...rest] = words;
  if (!address) throw new UsageError('Say where to connect: ws://localhost:2667', usage);
  if (rest.length > 0) throw new UsageError(`One URL is enough, not "${rest.join(' ')}".`, usage);
  if (URL.canParse(address) && /^wss?:$/.test(new URL(address).protocol)) return address;
  const hint = address.replace(/^http/, 'ws');
  const example = /^wss?:/.test(hint) ? hint : `ws://${hint}`;
  const meant = URL.canParse(example) ? ` Did you mean ${example}?` : '';
  throw new UsageError(`A URL begins with ws:// or wss://.${meant}`, usage);
}

function readCa(address: string, file: unknown, usage: string): Buffer {
  if (!address.startsWith('wss:')) throw new UsageError('--ca is for wss:// alone.', usage);
  try {
    return readFileSync(String(file));
  } catch (error) {
    throw new UsageError(`--ca cannot be read: ${(error as Error).message}`, usage);
  }
}

function readVersion(text: unknown, usage: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new UsageError('--wire takes 1 or 2.', usage);
}

function readAuthData(line: CommandLine, usage: string): AuthData {
  const data = jsonFlag(line, 'auth-data', usage);
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as AuthData;
  throw new UsageError(`--auth-data takes an object: '{"role":"worker"}'.`, usage);
}
