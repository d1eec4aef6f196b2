import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { Injectable } from '@nestjs/common';
import { SocketHandler, SocketServer, type ConnectedClient } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import type { RawClient } from '../helpers/raw-client.js';
import { EchoHandler, RecordHandler, SlowHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

const startApp = useApps();
const log = useLog();
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

/** Answers with half a MiB, and notes whom. */
@SocketHandler('large')
class LargeHandler {
  readonly callers: number[] = [];

  server(_data: unknown, client: ConnectedClient) {
    this.callers.push(client.id);
    return 'x'.repeat(MIB / 2);
  }
}

/** Notes what it got, and answers some milliseconds later. */
@SocketHandler('unhurried')
class UnhurriedHandler {
  readonly calls: unknown[] = [];

  async server(data: unknown) {
    this.calls.push(data);
    await setTimeout(5);
  }
}

/** Notes what it got, and keeps the processor for a fifth of a millisecond. */
@SocketHandler('compute')
class ComputingHandler {
  readonly calls: unknown[] = [];

  server(data: unknown) {
    this.calls.push(data);
    const end = performance.now() + 0.2;
    while (performance.now() < end);
  }
}

async function showsThatRepliesAreLarge(peer: RawClient): Promise<void> {
  for (let count = 0; count < 4; count++) await peer.requestWithId('large');
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

  it('has peers that ask for large replies take turns', async () => {
    const app = await startApp({ providers: [LargeHandler, EchoHandler] });
    const { callers } = app.app.get(LargeHandler);
    const peers = [await authenticatedRaw(app), await authenticatedRaw(app)];
    await showsThatRepliesAreLarge(peers[0]!);
    callers.length = 0;
    await Promise.all(
      peers.flatMap((peer) => Array.from({ length: 10 }, () => peer.requestWithId('large'))),
    );
    const [one, other] = callers;
    expect(one).not.toBe(other);
    expect(callers.slice(2, 6)).toEqual([one, other, one, other]);
    expect(callers).toHaveLength(20);
  });

  it.each([
    ['send large messages', { request: 'record', data: 'x'.repeat(MIB / 8) }],
    ['ask for large replies', { request: 'large' }],
  ])('serves everybody else before peers that %s', async (_what, message) => {
    const app = await startApp({ providers: [LargeHandler, RecordHandler] });
    const [{ callers }, { calls }] = [app.app.get(LargeHandler), app.app.get(RecordHandler)];
    const heavy = await Promise.all(Array.from({ length: 8 }, () => authenticatedRaw(app)));
    const [honest, other] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    await showsThatRepliesAreLarge(other);
    callers.length = 0;
    // All in one turn of the event loop, and the honest peer last.
    for (const peer of heavy) peer.sendMessage(message);
    await honest.requestWithId('record', 'honest');
    expect(calls.indexOf('honest') + callers.length).toBeLessThan(8);
    await Promise.all(heavy.map((peer) => peer.requestWithId('record', 'last')));
    expect(calls.length + callers.length).toBe(1 + 8 + 8);
  });

  it('handles all that came before a peer said goodbye, and only then calls it gone', async () => {
    const app = await startApp({ providers: [LargeHandler, EchoHandler] });
    const { callers } = app.app.get(LargeHandler);
    const [peer, other] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    await showsThatRepliesAreLarge(other);
    callers.length = 0;
    const handledWhenGone = firstValueFrom(app.server.disconnected$).then(() => callers.length);
    // Somebody for whose sake the others have to wait.
    other.sendMessage({ request: 'echo' });
    for (let count = 0; count < 5; count++) peer.sendMessage({ request: 'large' });
    void peer.close();
    expect(await handledWhenGone).toBe(5);
    expect([...app.server.clientMap.keys()]).toEqual([2]);
  });

  it.each([
    ['said goodbye', (peer: RawClient) => void peer.close()],
    ['was cut', (peer: RawClient) => peer.socket.end()],
  ])(
    'handles all that came before a peer %s, though its handlers take their time',
    async (_how, leave) => {
      const app = await startApp({ providers: [UnhurriedHandler, EchoHandler] });
      const { calls } = app.app.get(UnhurriedHandler);
      const peer = await authenticatedRaw(app);
      const callsWhenGone = firstValueFrom(app.server.disconnected$).then(() => calls.length);
      for (let count = 0; count < 500; count++) {
        peer.sendMessage({ request: 'unhurried', data: count });
      }
      leave(peer);
      expect(await callsWhenGone).toBe(500);
      expect(calls).toEqual([...Array(500).keys()]);
      expect(app.server.clientMap.size).toBe(0);
    },
  );

  it('gives up what a peer that left still waits for after shutdownTimeout', async () => {
    const options = { shutdownTimeout: 50, maxHandlersInFlight: 1 };
    const app = await startApp({ providers: [SlowHandler], options });
    const peer = await authenticatedRaw(app);
    const started = firstValueFrom(app.app.get(SlowHandler).started$);
    const gone = firstValueFrom(app.server.disconnected$);
    for (let count = 0; count < 3; count++) peer.sendMessage({ request: 'slow', data: count });
    await started;
    void peer.close();
    await gone;
    expect(log.matching(/limit=shutdownTimeout .*2 messages of a peer that left/)).toHaveLength(1);
    expect(app.server.clientMap.size).toBe(0);
  });

  it('handles nothing more of a peer that was refused, and reads past what it sends', async () => {
    const app = await startApp({ providers: [RecordHandler] });
    const client = await authenticatedRaw(app);
    client.sendFrame(Buffer.from('no envelope'));
    for (let count = 0; count < 20; count++) {
      client.sendMessage({ request: 'record', data: 'x'.repeat(MIB / 2) });
    }
    expect(await client.closed).toMatchObject({ code: 4400 });
    expect(app.app.get(RecordHandler).calls).toEqual([]);
    expect(app.server.stats().refused).toEqual({ badFrame: 1 });
  });

  it('shuts down although peers go on sending', async () => {
    const app = await startApp({ providers: [RecordHandler] });
    const client = await authenticatedRaw(app);
    const closing = app.server.close();
    for (let count = 0; count < 20; count++) client.sendMessage({ request: 'record', data: count });
    await expect(closing).resolves.toBeUndefined();
    expect((await client.untilClosed()).code).toBe(1001);
  });

  it('lets waiting messages through a few at a time, so that they delay nobody else', async () => {
    const app = await startApp({
      providers: [ComputingHandler, SlowHandler],
      options: { maxHandlersInFlight: 1 },
    });
    const slow = app.app.get(SlowHandler);
    const [busy, honest] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    const started = firstValueFrom(slow.started$);
    busy.sendMessage({ request: 'slow' });
    await started;
    // In one write, so that they come in one read, which is more than the server then reads on.
    busy.socket.cork();
    for (let count = 0; count < 200; count++) busy.sendMessage({ request: 'compute', data: count });
    busy.socket.uncork();
    await untilReceived(app, 2 + 1 + 200, honest);
    honest.sendMessage({ request: 'compute', data: 'honest' });
    slow.answer('done');
    await busy.requestWithId('compute', 'last');
    const { calls } = app.app.get(ComputingHandler);
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
