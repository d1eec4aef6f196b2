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

describe('TCP connections that ask for no WebSocket', () => {
  it('are cut beyond five for each unauthenticated connection that an address may have', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: 2 } });
    const silent = await Promise.all(Array.from({ length: 10 }, () => connectSilently(app.port)));
    const tooMany = await connectSilently(app.port);
    await once(tooMany, 'close');
    expect(silent.filter((socket) => socket.closed)).toEqual([]);
    expect(app.server.stats().refused).toEqual({ maxUnauthenticatedConnectionsPerIp: 1 });
  });

  it('count no longer once they ask for one, or are gone', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: 1 } });
    const silent = await Promise.all(Array.from({ length: 4 }, () => connectSilently(app.port)));
    await connectRaw(app);
    const fifth = await connectSilently(app.port);
    await once(await connectSilently(app.port), 'close');
    silent[0]!.end();
    await once(silent[0]!, 'close');
    const another = await connectSilently(app.port);
    await once(await connectSilently(app.port), 'close');
    expect([fifth, another].map((socket) => socket.closed)).toEqual([false, false]);
  });

  it('are not bounded where maxUnauthenticatedConnectionsPerIp is off', async () => {
    const app = await startApp({ options: { maxUnauthenticatedConnectionsPerIp: Infinity } });
    const silent = await Promise.all(Array.from({ length: 600 }, () => connectSilently(app.port)));
    await connectRaw(app);
    expect(silent.filter((socket) => socket.closed)).toEqual([]);
  });
});
