import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { from, Subject } from 'rxjs';
import { SocketHandler } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { StreamHandlers } from '../fixtures/handlers.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import type { RawClient } from '../helpers/raw-client.js';

const startApp = useApps();
const rawServers = useRawServers();

/** Has rows, and notes how many it was asked for. */
class RowHandlers {
  made = 0;
  readonly ticks = new Subject<number>();

  @SocketHandler()
  async *rows(count: number) {
    for (let row = 1; row <= count; row++) {
      this.made = row;
      yield row;
    }
  }

  @SocketHandler()
  burst(count: number) {
    return from(Array.from({ length: count }, (_, index) => index + 1));
  }

  @SocketHandler()
  tickers() {
    return this.ticks;
  }
}

async function start(options = {}) {
  const app = await startApp({ providers: [RowHandlers, StreamHandlers], options });
  return { app, handlers: app.app.get(RowHandlers) };
}

function itemsOf(peer: RawClient): unknown[] {
  return peer.received.unread.filter(({ item }) => item !== undefined).map(({ item }) => item);
}

describe('PROTOCOL.md, 5 Streams with credit', () => {
  it('R5.13: sends as many items as there is credit for, and more when there is more', async () => {
    const { app, handlers } = await start();
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'rows', id: 1, data: 6, stream: true, credit: 2 });
    expect(await peer.next()).toEqual({ request: 'rows', id: 1, credit: 2 });
    for (const item of [1, 2]) expect(await peer.next()).toEqual({ request: 'rows', id: 1, item });
    await peer.roundTrip();
    expect(peer.received.unread).toEqual([]);
    expect(handlers.made).toBe(2);
    peer.sendMessage({ request: 'rows', id: 1, credit: 1 });
    peer.sendMessage({ request: 'rows', id: 1, credit: 100 });
    for (const item of [3, 4, 5, 6]) expect(await peer.next()).toMatchObject({ item });
    expect(await peer.next()).toEqual({ request: 'rows', id: 1, done: true });
  });

  it.each([[undefined], [0], [-1], [1.5], ['10'], [null], [true]])(
    'R5.13: sends items as they come without credit, or with what is none: %p',
    async (credit) => {
      const { app } = await start();
      const peer = await authenticatedRaw(app);
      peer.sendMessage({ request: 'rows', id: 1, data: 1_000, stream: true, credit });
      await peer.nextMatching(({ done }) => done === true, 'the end');
      expect(itemsOf(peer)).toHaveLength(1_000);
      expect(peer.received.unread.filter((message) => 'credit' in message)).toEqual([]);
    },
  );

  it('R5.13: ignores credit for a stream that is not open, and closes at one without an id', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'rows', id: 9, credit: 5 });
    await peer.roundTrip();
    expect(peer.received.unread).toEqual([]);
    peer.sendMessage({ request: 'rows', credit: 5 });
    expect((await peer.untilClosed()).code).toBe(4400);
  });

  it('R5.13: stops a source that waits for credit when the stream is cancelled', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'count', id: 1, stream: true, credit: 1 });
    await peer.nextMatching(({ item }) => item === 1, 'the first item');
    peer.sendMessage({ request: 'count', id: 1, cancel: true });
    await peer.roundTrip();
    expect(app.app.get(StreamHandlers).stopped).toBe(1);
  });

  it('R5.14: keeps what an Observable emits meanwhile, and ends behind it', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'burst', id: 1, data: 10_001, stream: true, credit: 1 });
    await peer.roundTrip();
    expect(itemsOf(peer)).toEqual([1]);
    peer.sendMessage({ request: 'burst', id: 1, credit: 9_999 });
    await peer.roundTrip();
    expect(peer.received.unread.filter(({ done }) => done === true)).toEqual([]);
    peer.sendMessage({ request: 'burst', id: 1, credit: 1 });
    await peer.nextMatching(({ done }) => done === true, 'the end');
    expect(itemsOf(peer)).toHaveLength(10_001);
  });

  it('R5.14: ends with STREAM_OVERFLOW past maxStreamBacklog, and leaves the source', async () => {
    const { app, handlers } = await start({ maxStreamBacklog: 3 });
    const peer = await authenticatedRaw(app);
    peer.sendMessage({ request: 'tickers', id: 1, stream: true, credit: 1 });
    await peer.nextMatching((message) => 'credit' in message, 'the beginning');
    for (let tick = 1; tick <= 4; tick++) handlers.ticks.next(tick);
    expect(handlers.ticks.observed).toBe(true);
    handlers.ticks.next(5);
    expect(handlers.ticks.observed).toBe(false);
    const { error } = await peer.nextMatching((message) => 'error' in message, 'the error');
    expect(error).toMatchObject({ code: 'STREAM_OVERFLOW' });
    expect(app.server.stats().refused).toEqual({ maxStreamBacklog: 1 });
    await peer.roundTrip();
  });

  it('R5.14: has a source that emits everything at once notice that it is over', async () => {
    const { app } = await start({ maxStreamBacklog: 3 });
    const client = await app.connect({ maxStreamBacklog: 1 });
    const burst = client.stream('burst', 1_000);
    const values: unknown[] = [];
    const consumed = (async () => {
      for await (const value of burst) values.push(value);
    })();
    await expect(consumed).rejects.toHaveProperty('code', 'STREAM_OVERFLOW');
    expect(values).toEqual([1]);
  });
});

describe('A stream of SocketClient', () => {
  it('is paced by its consumer: 30,000 rows arrive whole, and never many of them wait', async () => {
    const { app, handlers } = await start();
    const client = await app.connect();
    let taken = 0;
    let mostAhead = 0;
    for await (const row of client.stream('rows', 30_000)) {
      expect(row).toBe(++taken);
      mostAhead = Math.max(mostAhead, handlers.made - taken);
      if (taken % 100 === 0) await turn();
    }
    expect(taken).toBe(30_000);
    expect(mostAhead).toBeLessThanOrEqual(256);
  });

  it('waits for its consumer, however long that is, and holds up nothing else', async () => {
    const { app, handlers } = await start();
    const client = await app.connect({ maxStreamBacklog: 10 });
    const stream = client.stream<number>('rows', 25);
    while (handlers.made < 10) await client.request('countTo', 3);
    for (let round = 0; round < 5; round++) await client.request('countTo', 3);
    expect(handlers.made).toBe(10);
    const rows: number[] = [];
    for await (const row of stream) rows.push(row);
    expect(rows).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('gives no credit to a server that does not count it, and overflows as before', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    server.onRequest('rows', async function* (count) {
      for (let row = 1; row <= Number(count); row++) yield row;
    });
    const client = rawServers.client(server, { maxStreamBacklog: 100 });
    await client.connect();
    let taken = 0;
    for await (const _row of client.stream('rows', 100)) taken++;
    expect(taken).toBe(100);
    const unread = client.stream('rows', 1_000);
    await server.received.nextMatching(({ message }) => message.cancel === true, 'a cancel');
    const consumed = (async () => {
      for await (const _row of unread) taken++;
    })();
    await expect(consumed).rejects.toHaveProperty('code', 'STREAM_OVERFLOW');
    const grants = server.received.unread.filter(
      ({ message }) => 'credit' in message && !('stream' in message),
    );
    expect(grants).toEqual([]);
  });
});
