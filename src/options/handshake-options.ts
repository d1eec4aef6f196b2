import { HELLO_PATTERNS, takesSharedKey, type PatternName } from '../envelope/hello.js';
import { DEFAULT_AUTH_KEY } from './auth-key.js';
import { areKeys, KEYS_EXPECTED } from './cluster-options.js';
import { isKeyText, KEY_EXPECTED } from './key-text.js';
import type { OptionReader } from './option-reader.js';
import type { ResolvedSocketsOptions, SocketsOptions } from './sockets.options.js';

export const HANDSHAKE_OPTIONS = ['authKey', 'versions', 'patterns', 'serverKey'] as const;

const PATTERNS = Object.keys(HELLO_PATTERNS) as PatternName[];
const PATTERNS_EXPECTED =
  'an array of NNpsk0, NKpsk0, NK and IK, of which all but the first take a "serverKey"';

type HandshakeOptions = Pick<
  ResolvedSocketsOptions,
  'authKey' | 'authKeys' | 'versions' | 'patterns' | 'serverKey'
>;

/** How peers may prove themselves, and by which keys. */
export function readHandshakes(read: OptionReader, options: SocketsOptions): HandshakeOptions {
  const serverKey = read.matching<string | undefined>(
    'serverKey',
    undefined,
    isKeyText,
    KEY_EXPECTED,
    'SOCKET_SERVER_KEY',
  );
  const versions = read.matching('versions', [1, 2] as const, isVersions, '[1], [2] or [1, 2]');
  const isPossible = (value: unknown) => arePatterns(value, serverKey);
  const patterns = read.matching('patterns', PATTERNS, isPossible, PATTERNS_EXPECTED);
  const isShared = versions.includes(1) || patterns.some(takesSharedKey);
  const authKeys = readAuthKeys(read, options, isShared ? DEFAULT_AUTH_KEY : undefined);
  return { authKey: authKeys[0], authKeys, versions, patterns, serverKey };
}

function readAuthKeys(
  read: OptionReader,
  { authKey }: SocketsOptions,
  fallback: string | undefined,
): readonly string[] {
  if (Array.isArray(authKey)) return read.matching('authKey', [], areKeys, KEYS_EXPECTED);
  const key = read.string('authKey', fallback, 'SOCKET_AUTH_KEY');
  return key === undefined ? [] : [key];
}

function isVersions(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((version) => version === 1 || version === 2);
}

function arePatterns(value: unknown, serverKey: string | undefined): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const possible = serverKey === undefined ? ['NNpsk0'] : PATTERNS;
  return value.every((name: PatternName) => possible.includes(name));
}
