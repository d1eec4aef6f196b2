import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectRaw, useApps } from '../fixtures/apps.js';

const startApp = useApps();
const open: Socket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function connectSilently(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function connectInOrder(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let made = 0; made < count; made++) sockets.push(await connectSilently(port));
  return sockets;
}

describe('TCP connections that ask for no WebSocket', () => {
  it('are cut beyond ten for each unauthenticated connection of an address, the oldest first', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: 1 } });
    const [oldest, ...others] = await connectInOrder(app.port, 10);
    const newest = await connectSilently(app.port);
    await once(oldest!, 'close');
    expect([...others, newest].filter((socket) => socket.closed)).toEqual([]);
    expect(app.server.stats().refused).toEqual({ maxUnauthenticatedConnectionsPerIp: 1 });
    await connectRaw(app);
  });

  it('count no longer once they ask for one, or are gone', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: 1 } });
    const silent = await connectInOrder(app.port, 9);
    await connectRaw(app);
    silent[0]!.end();
    await once(silent[0]!, 'close');
    silent.push(...(await connectInOrder(app.port, 2)));
    await once((silent.push(await connectSilently(app.port)), silent[1]!), 'close');
    expect(silent.slice(2).filter((socket) => socket.closed)).toEqual([]);
  });

  it('are not bounded where maxUnauthenticatedConnectionsPerIp is off', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: Infinity } });
    const silent = await Promise.all(Array.from({ length: 600 }, () => connectSilently(app.port)));
    await connectRaw(app);
    expect(silent.filter((socket) => socket.closed)).toEqual([]);
  });
});
