import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SocketHandler } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';

const MIB = 1024 * 1024;

const startApp = useApps();
const cleanUp = useCleanUp();

/** Works for as long as it is told. */
@SocketHandler('work')
class WorkHandler {
  async server({ ms, id }: { ms: number; id: number }) {
    await after(ms);
    return id;
  }
}

@SocketHandler('large')
class LargeHandler {
  server(bytes: number) {
    return 'x'.repeat(bytes);
  }
}

/** A link over which so many bytes per second come from the server. */
async function startSlowLink(port: number, bytesPerSecond: number): Promise<string> {
  const sockets = new Set<Socket>();
  const link = createServer((peer) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [peer, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    peer.pipe(server);
    server.on('data', (bytes: Buffer) => {
      server.pause();
      peer.write(bytes);
      setTimeout(() => server.resume(), (bytes.length / bytesPerSecond) * 1_000);
    });
    server.once('close', () => peer.destroy());
    peer.once('close', () => server.destroy());
  });
  link.listen(0, '127.0.0.1');
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    link.close();
  });
  await once(link, 'listening');
  return `ws://127.0.0.1:${(link.address() as AddressInfo).port}`;
}

describe('A connection that is busy', () => {
  it.each([
    ['small requests', 100, 100, 0],
    ['requests that the server stops to read', 100, 100, 2_000],
    ['those, by a client whose heartbeat is the shorter one', 600, 30_000, 2_000],
  ])('is not dead: %s lose nothing (R9.1, R9.2)', async (_what, ofClient, ofServer, bytes) => {
    const options = { heartBeatInterval: ofServer };
    const app = await startApp({ providers: [WorkHandler], options });
    const client = await app.connect({ heartBeatInterval: ofClient });
    const ms = 7 * Math.min(ofClient, 300);
    const requests = Array.from({ length: 100 }, (_, id) =>
      client.request<number>('work', { ms, id, ballast: 'x'.repeat(bytes) }),
    );
    expect(await Promise.all(requests)).toEqual(requests.map((_, id) => id));
  });

  it('is not dead as long as a long reply is on its way over a slow link (R9.1, R9.2)', async () => {
    const heartBeatInterval = 300;
    const app = await startApp({ providers: [LargeHandler], options: { heartBeatInterval } });
    const address = await startSlowLink(app.port, MIB);
    const client = await app.connect({ address, heartBeatInterval });
    const reply = String(await client.request('large', 2 * MIB));
    expect(reply.length).toBe(2 * MIB);
    expect(await client.request<string>('large', 1)).toBe('x');
  });
});
