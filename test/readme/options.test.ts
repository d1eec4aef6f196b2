import { inspect, isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { resolveClientOptions } from '../../src/client/core/client.options.js';
import { nodePlatform } from '../../src/client/node/node.platform.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { DEFAULT_LIMITS } from '../../src/protocol/limits.js';
import { SocketsModule } from '../../src/sockets.module.js';
import { useEnvironment } from '../fixtures/environment.js';
import { USER_DOCUMENTS, readDocument } from './documents.js';
import { unquoted, type MarkdownDocument } from './markdown.js';

const ofServer = readDocument('src/options/OPTIONS.md');
const ofClient = readDocument('src/client/CLIENT.md');

const KEY = 'cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8';
const RECONNECT = { baseDelay: 1_000, maxDelay: 60_000, maxAttempts: Infinity };

/** Environment variables, a value that is no default, and the options that each sets. */
const VARIABLES: readonly (readonly [variable: string, value: string, sets: object])[] = [
  ['SOCKET_PORT', '4321', { port: 4321, address: 'ws://localhost:4321' }],
  ['SOCKET_ADDRESS', 'wss://sockets.example.com', { address: 'wss://sockets.example.com' }],
  ['SOCKET_AUTH_KEY', 'another-key-of-some-length', { authKey: 'another-key-of-some-length' }],
  ['SOCKET_ENCRYPTION', 'false', { encryption: false }],
  ['SOCKET_SERVER_KEY', KEY, { serverKey: KEY }],
  ['SOCKET_SERVER_PUBLIC_KEY', KEY, { serverPublicKey: KEY }],
  ['SOCKET_IDENTITY', KEY, { identity: KEY }],
  ['SOCKET_HEARTBEAT_INTERVAL', '4321', { heartBeatInterval: 4321 }],
  ['SOCKET_RECONNECT_BASE_DELAY', '4321', { reconnect: { ...RECONNECT, baseDelay: 4321 } }],
  ['SOCKET_RECONNECT_MAX_DELAY', '4321', { reconnect: { ...RECONNECT, maxDelay: 4321 } }],
  ['SOCKET_MAX_RECONNECT_ATTEMPTS', '7', { reconnect: { ...RECONNECT, maxAttempts: 7 } }],
];

// A line that `keygen` prints, for whoever decides which devices may connect: no option reads it.
const PRINTED_ONLY = 'SOCKET_DEVICE_PUBLIC_KEY';

/** What the tables call defaults that are no value. */
const WORDS: Readonly<Record<string, string>> = {
  host: 'all interfaces',
  allowedOrigins: 'same host',
  connectionGuard: 'none',
  serverKey: 'none',
  keyStore: 'none',
  serverPublicKey: 'none',
  identity: 'none',
  keyId: 'none',
  trustProxy: '`false`',
  clusterKey: 'the `authKey`',
  engine: 'none',
  telemetry: 'none',
  tls: 'none',
};

const ignore = () => undefined;
const resolveServer = (options: object) => resolveOptions(options, ignore);
const resolveClient = (options: object) => resolveClientOptions(options, ignore, nodePlatform);

/** The names that options are checked against when somebody misspells one. */
function knownOptions(resolve: (options: object) => unknown): string[] {
  try {
    resolve({ misspelt: true });
  } catch (error) {
    return /Known are: (.*)\.$/.exec((error as Error).message)![1]!.split(', ');
  }
  throw new Error('A misspelt option was accepted');
}

/** A default as the tables write it, without its unit. */
function written(name: string, value: unknown): string {
  if (value === undefined) return WORDS[name] ?? 'nothing';
  return inspect(value).replaceAll("'", '');
}

/** The cells of a table of options: the default of each by its name, without units. */
function tableOf(document: MarkdownDocument, ...header: string[]): Record<string, string> {
  const rows = document.table(...header);
  return Object.fromEntries(
    rows.map(([name = '', value = '']) => [unquoted(name), withoutUnit(unquoted(value))]),
  );
}

function withoutUnit(value: string): string {
  return value.replace(/^(\d+) (?:ms|bytes|intervals|messages|values)$/, '$1');
}

function defaultsOf(names: readonly string[], values: object): Record<string, string> {
  const byName = values as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, written(name, byName[name])]));
}

const setEnvironment = useEnvironment();

beforeEach(() => {
  // Empty counts as not set, so that the defaults are those of the package.
  for (const [variable] of VARIABLES) setEnvironment({ [variable]: '' });
});

describe('The tables of options', () => {
  it("list the server's options with their defaults, and no others", () => {
    const limits = Object.keys(DEFAULT_LIMITS);
    const names = knownOptions(resolveServer).filter((name) => !limits.includes(name));
    const { engine, ...values } = resolveServer({});
    const inForce = {
      ...values,
      // No engine at all is one that nobody else shares.
      engine: engine.isShared ? engine : undefined,
      rooms: {},
      isGlobal: SocketsModule.forRoot().global,
    };
    expect(tableOf(ofServer, 'option', 'default', 'consequence')).toEqual(
      defaultsOf(names, inForce),
    );
  });

  it('list the limits with their defaults, and no others', () => {
    const names = Object.keys(DEFAULT_LIMITS);
    expect(tableOf(ofServer, 'limit', 'default')).toEqual(
      defaultsOf(names, resolveServer({}).limits),
    );
  });

  it("list the client's options with their defaults, and no others", () => {
    const names = knownOptions(resolveClient);
    expect(tableOf(ofClient, 'option', 'default', '')).toEqual(
      defaultsOf(names, resolveClient({})),
    );
  });
});

describe('The environment variables', () => {
  const tables = [
    ofServer.table('option', 'default', 'consequence'),
    ofClient.table('option', 'default', ''),
  ];

  function rowsThatName(variable: string): string[] {
    const rows = tables
      .flat()
      .filter((row) => row.some((cell) => cell.includes(`\`${variable}\``)));
    return rows.map(([name = '']) => unquoted(name));
  }

  it.each(VARIABLES)('say what %s=%s sets', (variable, value, sets) => {
    setEnvironment({ SOCKET_SERVER_PUBLIC_KEY: variable === 'SOCKET_IDENTITY' ? KEY : '' });
    setEnvironment({ [variable]: value });
    const inForce = [resolveServer({}), resolveClient({})].map((it) => new Map(Object.entries(it)));
    const found = inForce.flatMap((options) =>
      Object.entries(sets).filter(([name, set]) => isDeepStrictEqual(options.get(name), set)),
    );
    expect(Object.fromEntries(found)).toEqual(sets);
    expect(rowsThatName(variable)).toEqual(found.map(([name]) => name));
  });

  it('are all that the documents name', () => {
    const texts = USER_DOCUMENTS.map((path) => readDocument(path).text);
    const named = texts.flatMap((text) => text.match(/\bSOCKET_[A-Z_]+/g) ?? []);
    const read = VARIABLES.map(([variable]) => variable);
    expect(new Set(named)).toEqual(new Set([...read, PRINTED_ONLY]));
  });
});
