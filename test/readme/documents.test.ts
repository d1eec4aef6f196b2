import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { resolveClientOptions } from '../../src/client/core/client.options.js';
import { nodePlatform } from '../../src/client/node/node.platform.js';
import { deriveGlobalKey } from '../../src/envelope/handshake.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { BENCH_FLAGS } from '../../src/cli/bench/bench.plan.js';
import { ExitCode } from '../../src/cli/common/cli-io.js';
import { STEP_NAMES } from '../../src/cli/doctor/step.js';
import { CloseCode } from '../../src/protocol/close-code.js';
import { ErrorCode } from '../../src/protocol/error-body.js';
import { DEFAULT_LIMITS } from '../../src/protocol/limits.js';
import { useEnvironment } from '../fixtures/environment.js';
import { DOCUMENTS, readDocument } from './documents.js';
import { ROOT, unquoted, type MarkdownDocument } from './markdown.js';

const troubleshooting = readDocument('src/protocol/TROUBLESHOOTING.md');
const handlers = readDocument('src/handlers/HANDLERS.md');
const protocol = readDocument('src/protocol/PROTOCOL.md');
const protocolV2 = readDocument('src/protocol/PROTOCOL-V2.md');
const commandLine = readDocument('src/cli/CLI.md');

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

const ignore = () => undefined;
const setEnvironment = useEnvironment();

beforeEach(() => {
  // Empty counts as not set, so that the defaults are those of the package.
  setEnvironment({ SOCKET_PORT: '', SOCKET_HEARTBEAT_INTERVAL: '' });
});

describe('The codes', () => {
  // 1005 is what a peer sees that closes without a code; nobody sends it.
  const sent = Object.values(CloseCode).filter((code) => code !== CloseCode.NoStatus);
  // Those of the WebSocket library itself.
  const ofWebSockets = [1002, 1003, 1007];

  it('with which connections close are all in TROUBLESHOOTING.md, and no others', () => {
    const codes = firstCells(troubleshooting, 'close code').map(Number);
    expect(codes).toEqual(Object.values(CloseCode));
  });

  it('with which connections close are all in PROTOCOL.md, and no others', () => {
    const codes = firstCells(protocol, 'code', 'name').map(Number);
    expect(codes.toSorted()).toEqual([...sent, ...ofWebSockets].toSorted());
  });

  it('that peers get are all in TROUBLESHOOTING.md, and no others', () => {
    const codes = firstCells(troubleshooting, 'reply code');
    expect(codes).toEqual(Object.values(ErrorCode));
  });

  it('that peers get are all in the table of what handlers throw', () => {
    const codes = handlers.table('thrown').flatMap(([, cell = '']) => codesIn(cell));
    expect(codes).toEqual(expect.arrayContaining(Object.values(ErrorCode)));
  });

  it('that peers get are all in the table of PROTOCOL.md', () => {
    const codes = firstCells(protocol, 'code', 'meaning');
    expect(codes).toEqual(expect.arrayContaining(Object.values(ErrorCode)));
  });

  it('of errors that this package throws are all in TROUBLESHOOTING.md, and no others', () => {
    const atStartup = firstCells(troubleshooting, 'code at startup');
    const later = firstCells(troubleshooting, 'code later');
    const thrown = codesOfType('src/protocol/sockets.errors.ts', 'SocketsErrorCode');
    expect([...atStartup, ...later].toSorted()).toEqual(thrown.toSorted());
  });

  it('have a cause and something to do about it each', () => {
    const tables = ['code at startup', 'code later', 'reply code', 'close code', 'status'];
    const rows = tables.flatMap((header) => troubleshooting.table(header));
    expect(rows.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([]);
  });
});

describe('CLI.md', () => {
  it('has every flag, every step and every exit code of the command line, and no others', () => {
    const flags = firstCells(commandLine, 'flag', 'for').map((flag) => flag.slice('--'.length));
    expect(flags.toSorted()).toEqual(Object.keys(BENCH_FLAGS).toSorted());
    expect(firstCells(commandLine, 'step')).toEqual(STEP_NAMES);
    const exitCodes = firstCells(commandLine, 'exit code').map(Number);
    expect(exitCodes).toEqual(Object.values(ExitCode));
  });
});

/** The numbers of the rules that a document has. */
function rulesOf({ text }: MarkdownDocument): string[] {
  return [...text.matchAll(/\*\*([RV]\d+\.\d+)\*\*/g)].map(([, rule = '']) => rule);
}

it.each([protocol, protocolV2])('Each rule of $path has a number of its own', (document) => {
  const rules = rulesOf(document);
  expect(rules.length).toBeGreaterThan(0);
  expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([]);
});

describe('PROTOCOL.md', () => {
  it('has every rule that the code refers to, or PROTOCOL-V2.md has it', () => {
    const rules = new Set([protocol, protocolV2].flatMap(rulesOf));
    const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = paths
      .filter((path) => path.endsWith('.ts'))
      .map((path) => sourceOf(`src/${path}`));
    const texts = [...DOCUMENTS.map((path) => readDocument(path).text), ...sources];
    const cited = texts.flatMap((text) => text.match(/\b[RV]\d+\.\d+\b/g) ?? []);
    expect(cited.length).toBeGreaterThan(0);
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
      'bytes of messages that they work on': `${grouped(limits.maxBytesInFlight)} bytes`,
      'open streams per connection': grouped(limits.maxStreams),
      'values of one stream that wait for credit': grouped(limits.maxStreamBacklog),
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
    const { baseDelay, maxDelay } = resolveClientOptions({}, ignore, nodePlatform).reconnect as {
      baseDelay: number;
      maxDelay: number;
    };
    for (const sentence of [
      `The default port is ${resolveOptions({}, ignore).port}`,
      `${grouped(replayWindow)} messages under a session key and ${grouped(authReplayWindow)} messages under the global key by default`,
      `nested at most ${maxJsonDepth} levels deep`,
      `every heartbeat interval (default ${grouped(resolveClientOptions({}, ignore, nodePlatform).heartBeatInterval)} ms)`,
      `(full jitter; ${grouped(baseDelay)} and ${grouped(maxDelay)} by default)`,
    ]) {
      expect(protocol.prose()).toContain(sentence);
    }
  });
});
