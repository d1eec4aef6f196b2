import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler, FailingHandlers, SlowHandler, StreamHandlers } from '../fixtures/handlers.js';
import { CliProcess } from '../helpers/cli-process.js';

const startApp = useApps();
const cleanUp = useCleanUp();
const WRONG_KEY = 'another-key-of-some-length';

class EnterHandler {
  @SocketHandler('enter')
  async enter(room: string, client: ConnectedClient) {
    await client.join(room);
    return 'entered';
  }
}

class LeaveHandler {
  @SocketHandler('leave')
  leave(_data: unknown, client: ConnectedClient) {
    client.close(4000, 'enough');
  }
}

const providers = [
  LeaveHandler,
  EchoHandler,
  FailingHandlers,
  SlowHandler,
  StreamHandlers,
  EnterHandler,
];

function run(words: string[], variables: Record<string, string> = { SOCKET_AUTH_KEY: AUTH_KEY }) {
  const command = CliProcess.start(words, variables);
  cleanUp(() => command.kill('SIGKILL'));
  return command;
}

async function startAll(options = {}): Promise<SocketsTestApp> {
  return startApp({ providers, options });
}

/** Everything that the command printed, of which each line is JSON. */
function objectsIn({ output }: CliProcess): unknown[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

function expectNoColours({ output, error }: CliProcess): void {
  // oxlint-disable-next-line no-control-regex
  expect(output + error).not.toMatch(/\u001b/);
}

describe('nestjs-sockets connect, in a pipe', () => {
  it.each(['1', '2'])('speaks version %s: requests and streams, in order', async (wire) => {
    const { address } = await startAll({ versions: [Number(wire)] });
    const command = run(['connect', address, '--wire', wire]);
    command.write('echo {"pgn":"1. e4"}', 'stream countTo 2', 'request echo "stream"');
    command.write('{"request":"echo","data":[1],"id":"a"}', '', 'countTo 3');
    command.endInput();
    expect(await command.untilEnded()).toBe(0);
    expect(objectsIn(command)).toEqual([
      { request: 'echo', response: { pgn: '1. e4' } },
      { request: 'countTo', item: 1 },
      { request: 'countTo', item: 2 },
      { request: 'countTo', done: true },
      { request: 'echo', response: 'stream' },
      { request: 'echo', response: [1], id: 'a' },
      { request: 'countTo', response: 3 },
    ]);
    expect(command.error).toBe('');
  });

  it('speaks to a server without encryption', async () => {
    const { address } = await startAll({ encryption: false });
    const command = run(['connect', address, '--no-encryption']);
    command.write('echo 1');
    command.endInput();
    expect(await command.untilEnded()).toBe(0);
    expect(objectsIn(command)).toEqual([{ request: 'echo', response: 1 }]);
  });

  it('takes its key from a file, as keygen prints it', async () => {
    const { address } = await startAll();
    const folder = mkdtempSync(join(tmpdir(), 'env-'));
    cleanUp(() => rmSync(folder, { recursive: true }));
    const file = join(folder, '.env');
    writeFileSync(file, `SOCKET_AUTH_KEY=${AUTH_KEY}\n`);
    const command = run(['connect', address, '--env', file], {});
    command.endInput();
    expect(await command.untilEnded()).toBe(0);
    expect(command.output + command.error).toBe('');
  });

  it('says which orders failed, goes on, and ends with exit code 1', async () => {
    const { address } = await startAll();
    const command = run(['connect', address]);
    command.write('throwsWsException', '{bad', 'echo {a}', 'auth 1', 'missing', 'stream', 'echo 1');
    command.endInput();
    expect(await command.untilEnded()).toBe(1);
    expect(objectsIn(command)).toMatchObject([
      { request: 'throwsWsException', error: { code: 'GAME_OVER', details: { winner: 'w' } } },
      { error: { code: 'INVALID_LINE' } },
      { error: { code: 'INVALID_LINE' } },
      { request: 'auth', error: { code: 'INVALID_MESSAGE' } },
      { request: 'missing', error: { code: 'UNKNOWN_HANDLER' } },
      { error: { code: 'INVALID_LINE' } },
      { request: 'echo', response: 1 },
    ]);
  });

  it('shows pushes and rooms as they come, and answers no questions', async () => {
    const { address, server } = await startAll({
      rooms: { 'table:*': { history: 5, ttl: 60_000 } },
    });
    const joined = firstValueFrom(server.authenticated$);
    const command = run(['connect', address, '--json', '--auth-data', '{"role":"viewer"}']);
    const client = await joined;
    expect(client.meta).toEqual({ role: 'viewer' });
    server.broadcast('announcement', { msg: '\u009bhi' });
    expect(await command.lines.next('a push', 40_000)).toBe(
      '{"request":"announcement","push":{"msg":"\\u009bhi"}}',
    );
    await expect(client.request('status', 1)).rejects.toMatchObject({ code: 'UNKNOWN_HANDLER' });
    expect(await command.nextJson('an ask')).toEqual({ request: 'status', ask: 1 });
    command.write('enter "table:1"');
    const told = [await command.nextJson('one'), await command.nextJson('another')];
    expect(told).toContainEqual({ request: 'enter', response: 'entered' });
    expect(told).toContainEqual(expect.objectContaining({ event: 'room', room: 'table:1' }));
    command.endInput();
    expect(await command.untilEnded()).toBe(0);
  });

  it.each(['1', '2'])(
    'is refused with a wrong key, which it tells nobody (version %s)',
    async (wire) => {
      const { address } = await startAll();
      const command = run(['connect', address, '--wire', wire], { SOCKET_AUTH_KEY: WRONG_KEY });
      expect(await command.untilEnded()).toBe(1);
      expect(objectsIn(command)).toMatchObject([{ error: { code: 'AUTH_REJECTED' } }]);
      expect(command.output + command.error).not.toContain(WRONG_KEY);
    },
  );

  it('ends with exit code 1 when the server goes, though more input may come', async () => {
    const app = await startAll();
    const command = run(['connect', app.address]);
    command.write('echo 1');
    expect(await command.nextJson('a reply')).toMatchObject({ response: 1 });
    for (const id of app.server.clientMap.keys()) app.server.disconnect(id, 4000, 'enough');
    expect(await command.nextJson('the end')).toEqual({
      event: 'disconnect',
      code: 4000,
      reason: 'enough',
    });
    expect(await command.untilEnded()).toBe(1);
  });

  it('tells of each order that it cannot carry out any more', async () => {
    const { address } = await startAll();
    const command = run(['connect', address]);
    const many = Array.from({ length: 3_000 }, (_, id) => `{"request":"echo","id":${id}}`);
    command.write('leave', 'stream countTo 2', 'send echo', '{bad', ...many);
    command.endInput();
    expect(await command.untilEnded()).toBe(1);
    const objects = objectsIn(command);
    const lost = { code: 'NOT_CONNECTED' };
    expect(objects).toContainEqual({ event: 'disconnect', code: 4000, reason: 'enough' });
    expect(objects.slice(-many.length - 3)).toMatchObject([
      { request: 'countTo', error: lost },
      { request: 'echo', error: lost },
      { error: { code: 'INVALID_LINE' } },
      ...many.map((_, id) => ({ request: 'echo', id, error: lost })),
    ]);
  });

  it('ends though orders never end to come', async () => {
    const { address } = await startAll();
    const command = run(['connect', address]);
    command.write('leave');
    command.writeWithoutEnd('echo 1');
    expect(await command.untilEnded()).toBe(1);
    expect(command.output).toContain('"event":"disconnect"');
  });

  it('helps on stderr, ends with .quit, and takes no slip for a request', async () => {
    const { address } = await startAll();
    const command = run(['connect', address]);
    command.write('.help', '.halp', ' .quit ', 'echo 1');
    expect(await command.untilEnded()).toBe(1);
    expect(objectsIn(command)).toEqual([
      { error: { code: 'INVALID_LINE', message: 'There is no ".halp", but .help.' } },
    ]);
    expect(command.error).toContain('shows every value of a stream');
  });

  it('says goodbye when it is interrupted, and ends with exit code 130', async () => {
    const app = await startAll();
    const slow = firstValueFrom(app.app.get(SlowHandler).started$);
    const gone = firstValueFrom(app.server.disconnected$);
    const command = run(['connect', app.address]);
    command.write('slow');
    await slow;
    command.kill('SIGINT');
    expect(await command.untilEnded()).toBe(130);
    expect(await gone).toMatchObject({ code: 1000, clean: true });
  });
});

describe('nestjs-sockets bench', () => {
  const FAST = ['--seconds', '1', '--connections', '3', '--in-flight', '4'];

  it.each(['1', '2'])('measures requests of version %s', async (wire) => {
    const { address } = await startAll();
    const words = ['bench', address, '--request', 'echo', '--data', '{"a":1}', '--wire', wire];
    const command = run([...words, ...FAST, '--json']);
    expect(await command.untilEnded()).toBe(0);
    const [report] = objectsIn(command) as [
      { replies: number; requestsPerSecond: number; latency: Record<string, number> },
    ];
    expect(report).toMatchObject({ request: 'echo', connections: 3, inFlight: 4, errors: {} });
    expect(report.replies).toBeGreaterThan(12);
    expect(report.requestsPerSecond).toBeGreaterThan(0);
    const { p50, p95, p99, max } = report.latency;
    expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].toSorted((a, b) => a! - b!));
  });

  it('counts errors by their codes, for people and without colours', async () => {
    const { address } = await startAll();
    const command = run(['bench', address, '--request', 'throwsWsException', ...FAST]);
    expect(await command.untilEnded()).toBe(1);
    expect(command.output).toMatch(/0 requests\/s, 0 replies/);
    expect(command.output).toMatch(/errors by code:\n {4}GAME_OVER [\d,]+\n/);
    expect(command.error).toBe('');
    expectNoColours(command);
  });

  it('ends early when it is interrupted, with what it has measured', async () => {
    const app = await startAll();
    const slow = firstValueFrom(app.app.get(SlowHandler).started$);
    const words = ['--request', 'slow', '--connections', '1', '--seconds', '600', '--json'];
    const command = run(['bench', app.address, ...words]);
    await slow;
    command.kill('SIGINT');
    expect(await command.untilEnded()).toBe(130);
    expect(objectsIn(command)).toMatchObject([{ request: 'slow', replies: 0, errors: {} }]);
  });

  it('says why it cannot connect', async () => {
    const { address } = await startAll();
    const command = run(['bench', address, '--request', 'echo', ...FAST], {
      SOCKET_AUTH_KEY: WRONG_KEY,
    });
    expect(await command.untilEnded()).toBe(1);
    expect(command.output).toBe('');
    expect(command.error).toContain('AUTH_REJECTED');
    expectNoColours(command);
  });
});

describe('nestjs-sockets, as a process', () => {
  it('explains wrong usage on stderr with exit code 2', async () => {
    const command = run(['conect', 'ws://localhost']);
    expect(await command.untilEnded()).toBe(2);
    expect(command.output).toBe('');
    expect(command.error).toContain('There is no command "conect"');
  });

  // Of --env-file, Node itself thinks it knows what to do, and ends with exit code 9.
  it('explains a file that is missing, before Node can', async () => {
    const command = run(['doctor', 'ws://localhost', '--env', 'nope.env']);
    expect(await command.untilEnded()).toBe(2);
    expect(command.error).toContain('nope.env". Name the file');
  });

  it('examines a server step by step, without colours', async () => {
    const { address } = await startAll();
    const command = run(['doctor', address]);
    expect(await command.untilEnded()).toBe(0);
    expect(command.output).toMatch(/^ok +auth +accepted, with "success"$/m);
    expect(command.output).toMatch(/\nAll is fine\.\n$/);
    expectNoColours(command);
  });
});
