import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { Injectable } from '@nestjs/common';
import { SocketHandler, SocketServer, type ConnectedClient } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import type { RawClient } from '../helpers/raw-client.js';
import { EchoHandler, RecordHandler, SlowHandler } from '../fixtures/handlers.js';

const startApp = useApps();
const MIB = 1024 * 1024;

/** Pushes more than the hard cap in one message, and a small one right behind it. */
@Injectable()
class Publisher {
  constructor(private readonly server: SocketServer) {}

  @SocketHandler()
  publish(bytes: number, client: ConnectedClient) {
    this.server.sendTo(client.id, 'news', 'x'.repeat(bytes));
    return 'published';
  }
}

/** A peer that is not read answers no ping, so the server's own count tells what it has got. */
async function untilReceived(app: SocketsTestApp, count: number, other: RawClient): Promise<void> {
  while (app.server.stats().messagesIn < count) await other.roundTrip();
}

describe('Flow control', () => {
  it('has a peer that floods requests delay nobody but itself', async () => {
    const app = await startApp({ providers: [RecordHandler] });
    const [flooder, honest] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    const frames = Array.from({ length: 2_000 }, () =>
      flooder.seal({ request: 'record', data: 1 }),
    );
    for (const frame of frames) flooder.sendFrame(frame);
    await honest.request('record', 'honest');
    const { calls } = app.app.get(RecordHandler);
    expect(calls.indexOf('honest')).toBeLessThan(500);
    await flooder.requestWithId('record', 'last');
    expect(calls).toHaveLength(2_002);
  });

  it('lets waiting messages through a few at a time, so that they delay nobody else', async () => {
    const app = await startApp({
      providers: [RecordHandler, SlowHandler],
      options: { maxHandlersInFlight: 1 },
    });
    const slow = app.app.get(SlowHandler);
    const [busy, honest] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    const started = firstValueFrom(slow.started$);
    busy.sendMessage({ request: 'slow' });
    await started;
    // In one write, so that they come in one read, which is more than the server then reads on.
    busy.socket.cork();
    for (let count = 0; count < 200; count++) busy.sendMessage({ request: 'record', data: count });
    busy.socket.uncork();
    await untilReceived(app, 2 + 1 + 200, honest);
    honest.sendMessage({ request: 'record', data: 'honest' });
    slow.answer('done');
    await busy.requestWithId('record', 'last');
    const { calls } = app.app.get(RecordHandler);
    expect(calls.indexOf('honest')).toBeLessThan(200);
    expect(calls.filter((call) => call !== 'honest')).toEqual([...Array(200).keys(), 'last']);
  });

  it('holds messages back while handlers work on maxBytesInFlight, and loses none', async () => {
    const app = await startApp({ providers: [SlowHandler], options: { maxBytesInFlight: 2_000 } });
    const slow = app.app.get(SlowHandler);
    const started: unknown[] = [];
    slow.started$.subscribe((data) => started.push((data as string[])[0]));
    const [client, other] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    const large = 'x'.repeat(900);
    for (const name of ['a', 'b', 'c', 'd']) {
      client.sendMessage({ request: 'slow', id: name, data: [name, large] });
    }
    await untilReceived(app, 2 + 4, other);
    // Two are just below the limit, and the third goes over it.
    expect(started).toEqual(['a', 'b', 'c']);
    const fourth = firstValueFrom(slow.started$);
    slow.answer('first');
    await fourth;
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    for (const answer of ['second', 'third', 'fourth']) slow.answer(answer);
    for (const [id, answer] of Object.entries({
      a: 'first',
      b: 'second',
      c: 'third',
      d: 'fourth',
    })) {
      expect(await client.next()).toMatchObject({ id, response: answer });
    }
  });

  it('delivers one message above sendHardCap, and what is sent right behind it', async () => {
    const app = await startApp({ providers: [Publisher, EchoHandler] });
    const client = await app.connect();
    const news = once(client.events, 'disconnect');
    const push = client.nextPush<string>('news');
    const reply = await client.request('publish', 6 * MIB);
    expect({ reply, bytes: (await push).length }).toEqual({ reply: 'published', bytes: 6 * MIB });
    expect(await client.request('echo', 'still here')).toBe('still here');
    client.close();
    expect(await news).toMatchObject([{ code: 1000 }]);
  });
});
