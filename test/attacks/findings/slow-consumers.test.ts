import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, take } from 'rxjs';
import type { SocketsError, SocketsOptions } from '../../../src/index.js';
import { authenticatedRaw, useApps } from '../../fixtures/apps.js';
import { EchoHandler, SlowHandler } from '../../fixtures/handlers.js';
import { DEFAULT_DEADLINE, withDeadline } from '../../helpers/with-deadline.js';
import { doNotRead } from '../support/limit-cases.js';

const KIB = 1024;
const MIB = 1024 * KIB;

const startApp = useApps();

async function start(options: SocketsOptions = {}) {
  const app = await startApp({ providers: [EchoHandler, SlowHandler], options });
  return { app, server: app.server };
}

describe('finding 11: a peer does not read what it is sent', () => {
  it('is closed with 4503 under the policy close, and the others get every push', async () => {
    const { app, server } = await start({ sendHardCap: Infinity, slowConsumerTimeout: 20 });
    const honest = await authenticatedRaw(app);
    const gone = firstValueFrom(server.disconnected$);
    await doNotRead(app);
    for (let count = 0; count < 10; count++) server.broadcast('count', count);
    const { client } = await gone;
    expect(server.clientMap.has(client.id)).toBe(false);
    expect(server.stats().refused).toHaveProperty('sendHighWaterMark', 1);
    for (let data = 0; data < 10; data++) {
      expect(await honest.next()).toEqual({ request: 'count', data });
    }
  });

  it('loses pushes under the policy drop, but no reply', async () => {
    const { app, server } = await start({ slowConsumerPolicy: 'drop' });
    const peer = await authenticatedRaw(app);
    const [client] = server.clientMap.values();
    const handler = app.app.get(SlowHandler);
    const started = firstValueFrom(handler.started$);
    peer.sendMessage({ request: 'slow', id: 1 });
    await started;
    peer.pause();
    for (let count = 0; count < 100 && client!.dropped === 0; count++) {
      server.broadcast('news', 'x'.repeat(256 * KIB));
      await new Promise(setImmediate);
    }
    expect(client!.dropped).toBeGreaterThan(0);
    handler.answer('a reply');
    peer.resume();
    expect(await peer.nextMatching(({ id }) => id === 1)).toMatchObject({ response: 'a reply' });
  });

  it('is cut at once past the hard cap, whatever the policy', async () => {
    const { app, server } = await start({ slowConsumerPolicy: 'drop', sendHardCap: 2 * MIB });
    const peer = await authenticatedRaw(app);
    const [id] = server.clientMap.keys();
    const gone = firstValueFrom(server.disconnected$);
    peer.pause();
    const lost: Promise<unknown>[] = [];
    for (let count = 0; count < 32 && server.clientMap.size > 0; count++) {
      const ask = server.request(id!, 'status', 'x'.repeat(512 * KIB));
      lost.push(ask.catch((error: SocketsError) => error.code));
      await new Promise(setImmediate);
    }
    await gone;
    expect(server.stats().refused).toEqual({ sendHardCap: 1 });
    expect(new Set(await Promise.all(lost))).toEqual(new Set(['CONNECTION_LOST']));
  });

  it('has its replies wait where they were made, and gets them all once it reads', async () => {
    const { app, server } = await start({ slowConsumerPolicy: 'drop', sendHardCap: 2 * MIB });
    const peer = await authenticatedRaw(app);
    const handler = app.app.get(SlowHandler);
    const started = lastValueFrom(handler.started$.pipe(take(32)));
    for (let id = 0; id < 32; id++) peer.sendMessage({ request: 'slow', id });
    await started;
    peer.pause();
    for (let id = 0; id < 32; id++) {
      handler.answer('x'.repeat(512 * KIB));
      await new Promise(setImmediate);
    }
    peer.resume();
    for (let id = 0; id < 32; id++) expect(await peer.next()).toHaveProperty('id', id);
    expect(server.stats().refused).toEqual({});
  });

  it('is not read any more, so it cannot ask for replies without end', async () => {
    const { app, server } = await start({ slowConsumerPolicy: 'drop' });
    const [peer, other] = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    peer.pause();
    const data = 'x'.repeat(64 * KIB);
    for (let id = 0; id < 1_000; id++) peer.sendMessage({ request: 'echo', id, data });
    let before = 0;
    for (let still = 0; still < 50; still++) {
      await other.roundTrip();
      const { messagesIn } = server.stats();
      if (messagesIn > before) still = 0;
      before = messagesIn;
    }
    expect(before).toBeLessThan(500);
    peer.resume();
    for (let id = 0; id < 1_000; id++) expect(await peer.next()).toHaveProperty('id', id);
  });

  it('is cut past the hard cap where no high-water mark is set', async () => {
    const { app, server } = await start({ sendHighWaterMark: Infinity, sendHardCap: 2 * MIB });
    const gone = firstValueFrom(server.disconnected$);
    const peer = await doNotRead(app);
    await withDeadline(gone, DEFAULT_DEADLINE, 'the end of the peer');
    await peer.terminate();
  });
});

describe('finding 11: a peer that reads is not taken for one that does not', () => {
  it('when a burst for it is above the high-water mark', async () => {
    const { app, server } = await start();
    const peer = await authenticatedRaw(app);
    for (let count = 0; count < 5_000; count++) server.broadcast('news', 'x'.repeat(256));
    for (let count = 0; count < 5_000; count++) await peer.next();
    expect(await peer.request('echo', 'still read')).toMatchObject({ response: 'still read' });
    expect(server.stats().refused).toEqual({});
  });

  it('when a single message for it is above the hard cap', async () => {
    const { app, server } = await start();
    const peer = await authenticatedRaw(app);
    const data = 'x'.repeat(5 * MIB);
    expect(server.broadcast('news', data)).toBe(1);
    expect(await peer.next()).toEqual({ request: 'news', data });
    expect(await peer.request('echo', 'still read')).toMatchObject({ response: 'still read' });
    expect(server.stats().refused).toEqual({});
  });
});
