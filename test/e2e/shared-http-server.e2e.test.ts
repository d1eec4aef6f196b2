import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { WebSocket, WebSocketServer } from 'ws';
import type { SocketsOptions } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';
import { UPGRADE_REQUEST, askForUpgrade } from '../fixtures/upgrade.js';

const startApp = useApps();
const log = useLog();

const serverOf = (app: INestApplication) => app.getHttpServer() as Server;

/** Another user of the HTTP server's upgrades, which takes the path /other alone. */
function addOther(app: INestApplication): void {
  const others = new WebSocketServer({ noServer: true });
  serverOf(app).on('upgrade', (request, socket, head) => {
    if (request.url === '/other') others.handleUpgrade(request, socket, head, () => undefined);
  });
}

function startShared(options: SocketsOptions, configure = addOther) {
  return startApp({ options: { port: 'http', path: '/sockets', ...options }, configure });
}

function askAt(port: number, path: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.write(UPGRADE_REQUEST.replace('GET / ', `GET ${path} `));
  return socket;
}

describe('a shared HTTP server with another user of upgrades', () => {
  it('answers 404 at a path that nobody takes, after a while', async () => {
    const { port } = await startShared({ authTimeout: 50 });
    expect((await askForUpgrade(port, { path: '/nobody' })).status).toBe(404);
  });

  it('leaves those that the other one took alone', async () => {
    const app = await startShared({ authTimeout: 50 });
    const taken = askAt(app.port, '/other');
    await once(taken, 'data');
    expect((await askForUpgrade(app.port, { path: '/nobody' })).status).toBe(404);
    expect(taken.closed).toBe(false);
    taken.destroy();
  });

  it('does not keep the application from closing', async () => {
    const app = await startShared({});
    const socket = askAt(app.port, '/nobody');
    const answered = once(socket, 'data');
    await authenticatedRaw(app);
    await app.close();
    expect(String((await answered)[0])).toContain('404');
  });

  it('goes on when that one takes every path, ours among them', async () => {
    const takeAll = (app: INestApplication) => {
      const others = new WebSocketServer({ noServer: true });
      others.on('connection', (socket) => socket.close(4000));
      serverOf(app).on('upgrade', (request, socket, head) =>
        others.handleUpgrade(request, socket, head, (it) => others.emit('connection', it)),
      );
    };
    // One place, so that one which is not given back is missed.
    const app = await startShared({ maxConnections: 1 }, takeAll);
    for (let count = 0; count < 3; count++) {
      expect((await askForUpgrade(app.port, { path: '/sockets' })).status).toBe(101);
    }
    expect(
      log.matching(/An upgrade at \/sockets failed: .* Somebody else .* has answered it/s),
    ).toHaveLength(3);
  });
});

describe('Another WebSocketServer on the same HTTP server', () => {
  it('that has answered already keeps its peer, and this server goes on', async () => {
    const options = { port: 'http', path: '/ours' } as const;
    const app = await startApp({ options, providers: [EchoHandler] });
    const server = app.app.getHttpServer() as Server;
    const theirs = new WebSocketServer({ noServer: true });
    theirs.on('connection', (webSocket) => webSocket.on('message', () => webSocket.send('theirs')));
    server.prependListener('upgrade', (request, socket, head) => {
      if (request.headers['x-theirs'] === undefined) return;
      theirs.handleUpgrade(request, socket, head, (peer) => theirs.emit('connection', peer));
    });

    const theirPeer = new WebSocket(app.address, { headers: { 'x-theirs': 'yes' } });
    await once(theirPeer, 'open');
    await log.next(/An upgrade at \/ours failed: .*handleUpgrade/);
    theirPeer.send('are you there?');
    expect(String((await once(theirPeer, 'message'))[0])).toBe('theirs');
    const client = await app.connect();
    expect(await client.request('echo', 'served')).toBe('served');
    theirPeer.terminate();
  });
});
