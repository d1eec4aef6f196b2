import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fault, TestSocketClient } from '../../src/testing/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { RecordHandler } from '../fixtures/handlers.js';

afterEach(closeApps);

/** A client behind a proxy that does this to every frame to the server once it is connected. */
async function unlucky(fault: Fault): Promise<{ client: TestSocketClient; calls: unknown[] }> {
  const sockets = await startApp({ providers: [RecordHandler] });
  const faults = await sockets.faults();
  const client = await sockets.connect({ through: faults });
  faults.plan = ({ direction }) => (direction === 'toServer' ? fault : 'pass');
  return { client, calls: sockets.app.get(RecordHandler).calls };
}

describe('A fault between client and server', () => {
  it.each([
    ['tamper', 4400, []],
    ['duplicate', 4400, [1]],
    ['cut', 1006, []],
  ] as const)('%s ends the connection with %d', async (fault, code, delivered) => {
    const { client, calls } = await unlucky(fault);
    const gone = once(client.events, 'disconnect');
    client.send({ request: 'record', data: 1 });
    expect((await gone)[0]).toMatchObject({ code });
    expect(calls).toEqual(delivered);
  });

  it('drop loses the frame, so that the request times out', async () => {
    const { client, calls } = await unlucky('drop');
    const lost = client.request('record', 1, { timeout: 50 });
    await expect(lost).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(calls).toEqual([]);
  });

  it('a delay lets the frame arrive later, in its order', async () => {
    const { client, calls } = await unlucky(5);
    await Promise.all([1, 2].map((data) => client.request('record', data)));
    expect(calls).toEqual([1, 2]);
  });
});

describe('nextPush', () => {
  it('gives pushes that came before and that come after, in their order', async () => {
    const sockets = await startApp();
    const client = await sockets.connect();
    client.watch('news');
    sockets.server.broadcast('news', 1);
    const first = client.nextPush('news');
    const second = client.nextPush('news');
    sockets.server.broadcast('news', 2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('rejects when none comes in time', async () => {
    const client = await (await startApp()).connect();
    await expect(client.nextPush('news', 20)).rejects.toThrow('No push "news" came within 20 ms');
  });
});
