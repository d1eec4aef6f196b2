import { beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { runCli } from '../../src/cli/run-cli.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useEnvironment } from '../fixtures/environment.js';
import {
  EchoHandler,
  FailingHandlers,
  QuietHandler,
  StreamHandlers,
} from '../fixtures/handlers.js';
import { FakeTerminal } from '../fixtures/terminal.js';

const startApp = useApps();
const cleanUp = useCleanUp();
const setEnvironment = useEnvironment();
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const UP = '\u001b[A';
const TAB = '\t';

beforeEach(() => setEnvironment({ SOCKET_AUTH_KEY: AUTH_KEY }));

async function start({ colours = false, options = {} } = {}) {
  const app = await startApp({
    providers: [EchoHandler, FailingHandlers, QuietHandler, StreamHandlers],
    options,
  });
  return { app, ...(await open(app, colours)) };
}

async function open({ address }: SocketsTestApp, colours = false) {
  const terminal = new FakeTerminal({ colours });
  const ended = runCli(['connect', address], terminal);
  cleanUp(async () => {
    terminal.terminate();
    await ended;
  });
  await terminal.untilShown('> ');
  return { terminal, ended };
}

describe('The prompt of nestjs-sockets connect', () => {
  it('sends what is typed, and shows what comes back', async () => {
    const { terminal, ended } = await start();
    terminal.type('echo {"pgn":"1. e4"}\r');
    await terminal.untilShown('echo = {"pgn":"1. e4"} (');
    terminal.type('throwsWsException\r');
    await terminal.untilShown('throwsWsException GAME_OVER: It is over {"winner":"w"}');
    terminal.type('stream countTo 2\r');
    await terminal.untilShown('countTo - 1');
    await terminal.untilShown('countTo - 2');
    await terminal.untilShown('countTo has ended');
    terminal.type('send quiet "sh"\r');
    await terminal.untilShown('quiet is sent');
    terminal.type('.quit\recho 1\r');
    expect(await ended).toBe(0);
  });

  it('helps, and says what it does not understand', async () => {
    const { terminal } = await start();
    terminal.type('.help\r');
    await terminal.untilShown('Ctrl-D ends the connection');
    terminal.type('.halp\r');
    await terminal.untilShown('There is no ".halp", but .help.');
    terminal.type('echo {a}\r');
    await terminal.untilShown('The data of "echo" is not JSON');
  });

  it('leaves the line that is being typed as it is when a push comes', async () => {
    const { app, terminal } = await start();
    terminal.type('echo "half');
    await terminal.untilShown('half');
    app.server.broadcast('announcement', { msg: '\u001b[2Jhi' });
    await terminal.untilShown('<< announcement {"msg":"\\u001b[2Jhi"}\n');
    await terminal.untilShown('> echo "half');
    terminal.type(' and half"\r');
    await terminal.untilShown('echo = "half and half"');
  });

  it('prints above a line of several rows, also one that was pasted', async () => {
    const { app, terminal } = await start();
    terminal.type(`echo "${'x'.repeat(100)}"`);
    await terminal.untilShown('x"');
    app.server.broadcast('announcement', 1);
    // One row up to where the line begins, and all below it is drawn anew.
    await terminal.untilShown('\u001b[1A\u001b[1G\u001b[0J<< announcement 1\n');
    await terminal.untilShown('> echo "xxx');
  });

  it('completes names that were used, and goes back to lines that were sent', async () => {
    const { terminal } = await start();
    terminal.type('stream countTo 1\r');
    await terminal.untilShown('countTo has ended');
    terminal.type(`cou${TAB}`);
    await terminal.untilShown('ntTo');
    terminal.type(' 5\r');
    await terminal.untilShown('countTo = 5');
    terminal.type(`${UP}${UP}\r`);
    await terminal.untilShown('countTo - 1');
  });

  it('ends a stream, a line and the connection with Ctrl-C, one after the other', async () => {
    const { app, terminal, ended } = await start();
    const stopped = firstValueFrom(app.app.get(StreamHandlers).stopped$);
    terminal.type('stream count\r');
    await terminal.untilShown('count - 1');
    terminal.type(CTRL_C);
    await terminal.untilShown('count is cancelled');
    await stopped;
    terminal.type(`nonsense${CTRL_C}echo 1\r`);
    await terminal.untilShown('echo = 1');
    const gone = firstValueFrom(app.server.disconnected$);
    terminal.type(CTRL_C);
    expect(await ended).toBe(0);
    expect(await gone).toMatchObject({ code: 1000, clean: true });
  });

  it('ends the connection with Ctrl-D', async () => {
    const { terminal, ended } = await start();
    terminal.type(CTRL_D);
    expect(await ended).toBe(0);
  });

  it('says that the connection was lost, and comes back', async () => {
    const { app, terminal } = await start();
    for (const id of app.server.clientMap.keys()) app.server.disconnect(id, 4000, 'enough');
    await terminal.untilShown('-- disconnected {"code":4000,"reason":"enough"}');
    await terminal.untilShown('-- tries again in ');
    await terminal.untilShown('-- connected again');
    terminal.type('echo 1\r');
    await terminal.untilShown('echo = 1');
  });

  it('ends with exit code 1 where it cannot connect at all, and points at the doctor', async () => {
    const app = await startApp();
    setEnvironment({ SOCKET_AUTH_KEY: 'another-key-of-some-length' });
    const terminal = new FakeTerminal();
    expect(await runCli(['connect', app.address], terminal)).toBe(1);
    await terminal.untilShown('AUTH_REJECTED');
    await terminal.untilShown('nestjs-sockets doctor');
  });

  it('does not wait for a server that is not there', async () => {
    const app = await startApp();
    const { address } = app;
    await app.close();
    const terminal = new FakeTerminal();
    expect(await runCli(['connect', address], terminal)).toBe(1);
    await terminal.untilShown('ECONNREFUSED');
  });

  it('has colours where the terminal has them', async () => {
    const { terminal } = await start({ colours: true });
    terminal.type('echo 1\r');
    await terminal.untilShown('\u001b[1mecho\u001b[0m \u001b[32m=\u001b[0m 1');
  });
});
