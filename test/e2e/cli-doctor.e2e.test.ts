import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { SkipAuth, SocketHandler, type ConnectionGuard } from '../../src/index.js';
import { newKeys } from '../../src/cli/keygen.js';
import type { Step } from '../../src/cli/doctor/step.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { CERTIFICATE } from '../fixtures/certificate.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { runInPipes } from '../fixtures/cli-io.js';
import { deferred } from '../fixtures/deferred.js';
import { useEnvironment } from '../fixtures/environment.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import { tlsBefore } from '../fixtures/tls-proxy.js';
import { CliProcess } from '../helpers/cli-process.js';

const startApp = useApps();
const rawServers = useRawServers();
const cleanUp = useCleanUp();
const setEnvironment = useEnvironment();

// Something that does not answer is waited for so long.
const IMPATIENT = ['--timeout', '1500'];

interface Examination {
  readonly exitCode: number;
  readonly steps: readonly Step[];
  /** The first step that failed, and what to do about it. */
  readonly failed: Pick<Step, 'name' | 'advice' | 'detail'> | undefined;
}

async function examine(address: string, ...words: string[]): Promise<Examination> {
  const { output, exitCode } = await runInPipes(['doctor', address, '--json', ...words]);
  const { ok, steps } = JSON.parse(output) as { ok: boolean; steps: Step[] };
  expect(ok).toBe(exitCode === 0);
  return { exitCode, steps, failed: steps.find(({ outcome }) => outcome === 'failed') };
}

/** What each step came to, without its words. */
function outcomesOf({ steps }: Examination): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, outcome }) => [name, outcome]));
}

async function portOf(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  cleanUp(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function certificateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  cleanUp(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, CERTIFICATE);
  return file;
}

/** A program that does something else with TCP. */
async function startTcp(take: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    cleanUp(() => socket.destroy());
    take(socket);
  });
  return `ws://127.0.0.1:${await portOf(server)}`;
}

async function startPlainWs(): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanUp(() => server.close());
  server.on('connection', (socket) => {
    cleanUp(() => socket.terminate());
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

@SkipAuth()
@SocketHandler('auth')
class NobodyHandler {
  server() {
    return false;
  }
}

class NobodyGuard implements ConnectionGuard {
  canConnect() {
    return { status: 401, message: 'Show your tenant' } as const;
  }
}

beforeEach(() => setEnvironment({ SOCKET_AUTH_KEY: AUTH_KEY }));

describe('nestjs-sockets doctor finds nothing wrong with', () => {
  it('a server of version 2, and tells what that one tells', async () => {
    const { address } = await startApp({ options: { maxMessageSize: 70_000 } });
    const examination = await examine(address);
    expect(examination.exitCode).toBe(0);
    expect(outcomesOf(examination)).toEqual({
      address: 'ok',
      dns: 'skipped',
      tcp: 'ok',
      tls: 'skipped',
      http: 'ok',
      'version 1': 'ok',
      'version 2': 'ok',
      key: 'ok',
      auth: 'ok',
      heartbeat: 'ok',
      limits: 'ok',
    });
    expect(examination.steps.at(-1)!.detail).toContain('70,000 bytes');
  });

  it('a server that speaks version 2 alone', async () => {
    const { address } = await startApp({ options: { versions: [2] } });
    const examination = await examine(address);
    expect(examination.exitCode).toBe(0);
    expect(outcomesOf(examination)['version 1']).toBe('skipped');
  });

  it('a server of version 1', async () => {
    const { address } = await startApp({ options: { versions: [1] } });
    const examination = await examine(address, '--wire', '1');
    expect(examination.exitCode).toBe(0);
    expect(outcomesOf(examination)).toMatchObject({ key: 'ok', auth: 'ok', limits: 'skipped' });
  });

  it('a server of the original, but says what it is', async () => {
    const { address } = await rawServers.start();
    const { exitCode, steps } = await examine(address, '--wire', '1');
    expect(exitCode).toBe(0);
    expect(steps.find(({ name }) => name === 'auth')!.advice).toContain('echoes no ids');
  });

  it('a server without encryption', async () => {
    const { address } = await startApp({ options: { encryption: false } });
    expect((await examine(address, '--no-encryption')).exitCode).toBe(0);
  });

  it('a certificate of the CA that --ca names', async () => {
    const { port } = await startApp();
    const address = `wss://localhost:${await tlsBefore(port, cleanUp)}`;
    const { exitCode, steps } = await examine(address, '--ca', certificateFile());
    expect({ exitCode, failed: steps.find(({ outcome }) => outcome === 'failed') }).toEqual({
      exitCode: 0,
    });
  });

  it('a certificate that Node was told to trust', async () => {
    const { port } = await startApp();
    const file = certificateFile();
    const command = CliProcess.start(
      ['doctor', `wss://localhost:${await tlsBefore(port, cleanUp)}`],
      {
        SOCKET_AUTH_KEY: AUTH_KEY,
        NODE_EXTRA_CA_CERTS: file,
      },
    );
    expect(await command.untilEnded()).toBe(0);
    expect(command.output).toMatch(/^ok +tls .*certificate of localhost, valid until/m);
  });
});

describe('nestjs-sockets doctor says what is wrong with', () => {
  it.each([
    ['2', 'SOCKET_AUTH_KEY'],
    ['1', 'SOCKET_AUTH_KEY'],
  ])('a wrong key of version %s', async (wire, advice) => {
    const { address } = await startApp();
    setEnvironment({ SOCKET_AUTH_KEY: 'another-key-of-some-length' });
    const { exitCode, failed } = await examine(address, '--wire', wire);
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({ name: 'key', advice: expect.stringContaining(advice) });
  });

  it('a key that nobody has set', async () => {
    const { address } = await startApp();
    setEnvironment({ SOCKET_AUTH_KEY: '' });
    const { failed } = await examine(address);
    expect(failed).toMatchObject({
      name: 'key',
      advice: expect.stringContaining('SOCKET_AUTH_KEY is not set'),
    });
  });

  it('a public key of another server', async () => {
    const { address } = await startApp();
    const [, publicKey = ''] = /PUBLIC_KEY=(.*)/.exec(newKeys('server'))!;
    const { failed } = await examine(address, '--server-public-key', publicKey);
    expect(failed).toMatchObject({
      name: 'key',
      advice: expect.stringContaining('SOCKET_SERVER_PUBLIC_KEY'),
    });
  });

  it.each(['1', '2'])('an auth handler that refuses a client of version %s', async (wire) => {
    const { address } = await startApp({ auth: NobodyHandler });
    const examination = await examine(address, '--wire', wire);
    expect(examination.failed).toMatchObject({
      name: 'auth',
      detail: expect.stringContaining('4401'),
      advice: expect.stringContaining('--auth-data'),
    });
    expect(outcomesOf(examination)).toMatchObject({ key: 'ok', heartbeat: 'skipped' });
  });

  it('a version that the server does not take', async () => {
    const app = await startApp({ options: { versions: [1] } });
    const { failed } = await examine(app.address);
    expect(failed).toMatchObject({
      name: 'version 2',
      advice: expect.stringMatching(/^Use --wire 1: /),
    });
    const other = await startApp({ options: { versions: [2] } });
    const examination = await examine(other.address, '--wire', '1');
    expect(examination.failed).toMatchObject({
      name: 'version 1',
      detail: expect.stringContaining('but version 2'),
      advice: expect.stringMatching(/^Use --wire 2, /),
    });
  });

  it('encryption on one side alone', async () => {
    const sealed = await startApp();
    const { failed } = await examine(sealed.address, '--no-encryption');
    expect(failed).toMatchObject({
      name: 'key',
      advice: expect.stringContaining('leave out --no-encryption'),
    });
    const plain = await startApp({ options: { encryption: false } });
    const other = await examine(plain.address, '--wire', '1');
    expect(other.failed).toMatchObject({
      name: 'key',
      advice: expect.stringContaining('--no-encryption'),
    });
  });

  it('a path where no server is', async () => {
    const { address } = await startApp({ options: { path: '/sockets' } });
    const { failed, steps } = await examine(address.replace('/sockets', '/'));
    expect(steps.find(({ name }) => name === 'http')!.detail).toContain('at any path');
    expect(failed).toMatchObject({
      name: 'version 2',
      detail: expect.stringContaining('404'),
      advice: expect.stringContaining('"path"'),
    });
  });

  it('a connection guard that wants something else', async () => {
    const { address } = await startApp({
      options: { connectionGuard: NobodyGuard },
      providers: [NobodyGuard],
    });
    const { failed } = await examine(address);
    expect(failed).toMatchObject({
      name: 'version 2',
      detail: expect.stringContaining('Show your tenant'),
      advice: expect.stringContaining('connection guard'),
    });
  });

  it('a port on which nothing listens', async () => {
    const app = await startApp();
    const { address } = app;
    await app.close();
    const examination = await examine(address);
    expect(examination.failed).toMatchObject({
      name: 'tcp',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(outcomesOf(examination)).toMatchObject({ http: 'skipped', limits: 'skipped' });
  });

  it('a web server that knows no WebSockets', async () => {
    const port = await portOf(createServer((_, response) => response.end('<h1>Hello</h1>')));
    const { failed } = await examine(`ws://127.0.0.1:${port}`);
    expect(failed).toMatchObject({
      name: 'version 2',
      detail: expect.stringContaining('HTTP 200'),
      advice: expect.stringContaining('No WebSocket server is at this path'),
    });
  });

  it.each(['1', '2'])('a WebSocket server of another kind (version %s)', async (wire) => {
    const { failed } = await examine(await startPlainWs(), '--wire', wire, ...IMPATIENT);
    expect(failed).toMatchObject({
      name: 'key',
      advice: expect.stringContaining('Nothing of nestjs-sockets answers here'),
    });
  });

  it('a program that does not speak HTTP', async () => {
    const address = await startTcp((socket) => socket.end('SSH-2.0-x\r\n'));
    const { failed } = await examine(address);
    expect(failed).toMatchObject({ name: 'http', detail: expect.stringContaining('no HTTP') });
  });

  it('a program that says nothing', async () => {
    const address = await startTcp(() => undefined);
    const { failed } = await examine(address, ...IMPATIENT);
    expect(failed).toMatchObject({ name: 'http', detail: expect.stringContaining('no answer') });
  });

  it('TLS on one side alone, or under a certificate that nobody trusts', async () => {
    const { port } = await startApp();
    const secure = await tlsBefore(port, cleanUp);
    expect((await examine(`ws://127.0.0.1:${secure}`)).failed).toMatchObject({
      name: 'http',
      advice: 'Use wss://.',
    });
    expect((await examine(`wss://127.0.0.1:${port}`, ...IMPATIENT)).failed).toMatchObject({
      name: 'tls',
      advice: expect.stringContaining('ws://'),
    });
    expect((await examine(`wss://localhost:${secure}`)).failed).toMatchObject({
      name: 'tls',
      advice: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'nestjs-sockets doctor ends at once with exit code 130 on %s',
  async (signal) => {
    const asked = deferred();
    const address = await startTcp((socket) => socket.once('data', () => asked.resolve()));
    const command = CliProcess.start(['doctor', address, '--timeout', '999999']);
    cleanUp(() => command.kill('SIGKILL'));
    await asked.promise;
    command.kill(signal);
    expect(await command.untilEnded()).toBe(130);
  },
);
