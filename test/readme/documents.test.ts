import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { resolveClientOptions } from '../../src/client/client.options.js';
import { deriveGlobalKey } from '../../src/envelope/handshake.js';
import { SocketsModule } from '../../src/sockets.module.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { CloseCode } from '../../src/protocol/close-code.js';
import { ErrorCode } from '../../src/protocol/error-body.js';
import { DEFAULT_LIMITS } from '../../src/protocol/limits.js';
import { useEnvironment } from '../fixtures/environment.js';
import { MarkdownDocument, ROOT, unquoted } from './markdown.js';

const readme = new MarkdownDocument('README.md');
const protocol = new MarkdownDocument('src/protocol/PROTOCOL.md');

/** Environment variables, the option that each sets, and a value that is no default. */
const VARIABLES = [
  ['SOCKET_PORT', 'port', 4321],
  ['SOCKET_ADDRESS', 'address', 'wss://sockets.example.com'],
  ['SOCKET_AUTH_KEY', 'authKey', 'another-key-of-some-length'],
  ['SOCKET_ENCRYPTION', 'encryption', false],
  ['SOCKET_HEARTBEAT_INTERVAL', 'heartBeatInterval', 4321],
] as const;

/** What the tables call defaults that are no value. */
const WORDS: Readonly<Record<string, string>> = {
  host: 'all interfaces',
  allowedOrigins: 'same host',
  connectionGuard: 'none',
};

const ignore = () => undefined;
const resolveServer = (options: object) => resolveOptions(options, ignore);
const resolveClient = (options: object) => resolveClientOptions(options, ignore);

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
function tableOf(...header: string[]): Record<string, string> {
  const rows = readme.table(...header);
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

/** The codes of a union type, of which nothing is left at run time. */
function codesOfType(path: string, type: string): string[] {
  const [, union = ''] = new RegExp(`type ${type} =([^;]*);`).exec(sourceOf(path))!;
  return [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code);
}

function sourceOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The first cells of a table, where several codes may stand. */
function firstCells(document: MarkdownDocument, ...header: string[]): string[] {
  return document
    .table(...header)
    .flatMap(([cell = '']) => cell.split(', '))
    .map(unquoted);
}

/** What is written in code font and looks like a code. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, code = '']) => code);
}

/** A number as PROTOCOL.md writes it. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

const setEnvironment = useEnvironment();

beforeEach(() => {
  // Empty counts as not set, so that the defaults are those of the package.
  for (const [variable] of VARIABLES) setEnvironment({ [variable]: '' });
});

describe("The README's tables of options", () => {
  it("list the server's options with their defaults, and no others", () => {
    const limits = Object.keys(DEFAULT_LIMITS);
    const names = knownOptions(resolveServer).filter((name) => !limits.includes(name));
    const inForce = { ...resolveServer({}), isGlobal: SocketsModule.forRoot().global };
    expect(tableOf('option', 'default', 'consequence')).toEqual(defaultsOf(names, inForce));
  });

  it('list the limits with their defaults, and no others', () => {
    const names = Object.keys(DEFAULT_LIMITS);
    expect(tableOf('limit', 'default')).toEqual(defaultsOf(names, resolveServer({}).limits));
  });

  it("list the client's options with their defaults, and no others", () => {
    const names = knownOptions(resolveClient);
    expect(tableOf('option', 'default', '')).toEqual(defaultsOf(names, resolveClient({})));
  });
});

describe("The README's environment variables", () => {
  const tables = [
    readme.table('option', 'default', 'consequence'),
    readme.table('option', 'default', ''),
  ];

  function rowsThatName(variable: string): string[] {
    const rows = tables
      .flat()
      .filter((row) => row.some((cell) => cell.includes(`\`${variable}\``)));
    return rows.map(([name = '']) => unquoted(name));
  }

  it.each(VARIABLES)('say that %s sets %s', (variable, option, value) => {
    setEnvironment({ [variable]: String(value) });
    const options = [resolveServer({}), resolveClient({})];
    const sets = options.filter(
      (inForce) => new Map(Object.entries(inForce)).get(option) === value,
    );
    expect(sets.length).toBeGreaterThan(0);
    expect(rowsThatName(variable)).toEqual(sets.map(() => option));
  });

  it('are all that the documents name', () => {
    const named = readme.text.match(/\bSOCKET_[A-Z_]+/g)!;
    expect(new Set(named)).toEqual(new Set(VARIABLES.map(([variable]) => variable)));
  });
});

describe('The codes', () => {
  // 1005 is what a peer sees that closes without a code; nobody sends it.
  const sent = Object.values(CloseCode).filter((code) => code !== CloseCode.NoStatus);
  // Those of the WebSocket library itself.
  const ofWebSockets = [1002, 1003, 1007];

  it('with which connections close are all in the README, and no others', () => {
    expect(firstCells(readme, 'close code').map(Number)).toEqual(sent);
  });

  it('with which connections close are all in PROTOCOL.md, and no others', () => {
    const codes = firstCells(protocol, 'code', 'name').map(Number);
    expect(codes.toSorted()).toEqual([...sent, ...ofWebSockets].toSorted());
  });

  it('that peers get are all in the table of the README', () => {
    const codes = readme.table('thrown').flatMap(([, cell = '']) => codesIn(cell));
    expect(codes).toEqual(expect.arrayContaining(Object.values(ErrorCode)));
  });

  it('that peers get are all in the table of PROTOCOL.md', () => {
    const codes = firstCells(protocol, 'code', 'meaning');
    expect(codes).toEqual(expect.arrayContaining(Object.values(ErrorCode)));
  });

  it('of errors that this package throws are all in the README, and no others', () => {
    const [, list = ''] = /with a stable `code`: (.*?) later\./.exec(readme.prose())!;
    const thrown = codesOfType('src/sockets.errors.ts', 'SocketsErrorCode');
    expect(codesIn(list).toSorted()).toEqual(thrown.toSorted());
  });
});

describe.each([readme, protocol])('The links of $path', (document) => {
  it('to its own headings find them', () => {
    const anchors = document.anchors();
    const internal = document.links().filter((link) => link.startsWith('#'));
    expect(internal.length).toBeGreaterThan(0);
    expect(internal.filter((link) => !anchors.includes(link.slice(1)))).toEqual([]);
  });

  it('to files find them', () => {
    const relative = document.links().filter((link) => !/^(?:#|https?:)/.test(link));
    const folder = join(ROOT, dirname(document.path));
    expect(relative.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });
});

it('Every script that the README tells to run is there', () => {
  const { scripts } = JSON.parse(sourceOf('package.json')) as { scripts: object };
  const named = readme.text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g);
  const names = [...named].map(([, run, short]) => run ?? short);
  expect(names).toEqual(expect.arrayContaining(['start', 'test']));
  expect(names.filter((name) => !Object.hasOwn(scripts, String(name)))).toEqual([]);
});

describe('PROTOCOL.md', () => {
  it('has every rule that the code refers to', () => {
    const rules = new Set(
      [...protocol.text.matchAll(/\*\*(R\d+\.\d+)\*\*/g)].map(([, rule]) => rule),
    );
    const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = paths
      .filter((path) => path.endsWith('.ts'))
      .map((path) => sourceOf(`src/${path}`));
    const cited = [protocol.text, ...sources].flatMap((text) => text.match(/\bR\d+\.\d+\b/g) ?? []);
    expect(rules.size).toBeGreaterThan(0);
    expect(cited.filter((rule) => !rules.has(rule))).toEqual([]);
  });

  it('gives an example of a global key that is the right one', async () => {
    const [, authKey, key] = /`authKey = "(.*?)"` gives `([0-9a-f]{64})`/.exec(protocol.prose())!;
    expect((await deriveGlobalKey(authKey!)).toString('hex')).toBe(key);
  });

  it('has a table of limits with the defaults of the server', () => {
    const limits = DEFAULT_LIMITS;
    const rows = protocol.table('limit', 'default').map(([name, value]) => [name, value]);
    expect(Object.fromEntries(rows)).toEqual({
      'time to authenticate': `${grouped(limits.authTimeout)} ms`,
      'message size before authentication': `${grouped(limits.maxUnauthenticatedMessageSize)} bytes`,
      'message size after it': `${grouped(limits.maxMessageSize)} bytes`,
      'messages before authentication': grouped(limits.maxUnauthenticatedMessages),
      'JSON depth': grouped(limits.maxJsonDepth),
      'handlers in flight per connection': grouped(limits.maxHandlersInFlight),
      'open streams per connection': grouped(limits.maxStreams),
      'messages per second once authenticated':
        limits.maxMessagesPerSecond === Infinity ? 'off' : grouped(limits.maxMessagesPerSecond),
      'bytes waiting to be sent': `${mebibytes(limits.sendHighWaterMark)}, at most ${mebibytes(limits.sendHardCap)}`,
      connections: grouped(limits.maxConnections),
      'unauthenticated connections': `${grouped(limits.maxUnauthenticatedConnections)} in all, ${grouped(limits.maxUnauthenticatedConnectionsPerIp)} per IP`,
      'failed authentications per minute and IP': grouped(limits.maxAuthFailuresPerMinute),
    });
  });

  it('has the other defaults in its rules', () => {
    const { replayWindow, authReplayWindow, maxJsonDepth } = DEFAULT_LIMITS;
    const { baseDelay, maxDelay } = resolveClient({}).reconnect as {
      baseDelay: number;
      maxDelay: number;
    };
    for (const sentence of [
      `The default port is ${resolveServer({}).port}`,
      `${grouped(replayWindow)} messages under a session key and ${grouped(authReplayWindow)} messages under the global key by default`,
      `nested at most ${maxJsonDepth} levels deep`,
      `every heartbeat interval (default ${grouped(resolveClient({}).heartBeatInterval)} ms)`,
      `(full jitter; ${grouped(baseDelay)} and ${grouped(maxDelay)} by default)`,
    ]) {
      expect(protocol.prose()).toContain(sentence);
    }
  });
});
