import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SocketHandler, SocketServer, type SocketsOptions } from '../../src/index.js';
import type { SocketsTestApp, TestSocketClient } from '../../src/testing/index.js';
import { useApps } from '../fixtures/apps.js';

const SHARED = 1;

@Injectable()
class NewsHandlers {
  constructor(private readonly server: SocketServer) {}

  @SocketHandler('publish')
  publish(data: unknown): string {
    this.server.sendTo(1, 'news', 'before');
    this.server.broadcast('news', data);
    this.server.sendTo(1, 'news', 'after');
    return 'published';
  }
}

const startApp = useApps();

/** An application, and clients whose frames from the server are kept. */
async function start(count: number, options: SocketsOptions = {}) {
  const app = await startApp({
    providers: [NewsHandlers],
    options: { sharedBroadcast: true, ...options },
  });
  const peers = [];
  for (let index = 0; index < count; index++) peers.push(await connect(app));
  return { app, peers };
}

async function connect(app: SocketsTestApp, version: 1 | 2 = 2) {
  const frames: Buffer[] = [];
  const through = await app.faults();
  const client = await app.connect({ through, version });
  client.watch('news');
  through.plan = ({ direction, data }) => {
    if (direction === 'toClient') frames.push(data);
    return 'pass';
  };
  return { client, frames, through };
}

type Peers = readonly { readonly client: TestSocketClient }[];

/** Broadcasts one after the other, and expects everybody to get all of them in order. */
async function broadcast(app: SocketsTestApp, peers: Peers, values: unknown[]): Promise<void> {
  for (const value of values) {
    expect(app.server.broadcast('news', value)).toBe(peers.length);
    await nextTurn();
  }
  for (const { client } of peers) {
    for (const value of values) expect(await client.nextPush('news')).toEqual(value);
  }
}

/** The frames that were sealed for many, by what they are. */
function sharedOf(frames: readonly Buffer[]): string[] {
  return frames.filter(([type]) => type === SHARED).map((frame) => frame.toString('hex'));
}

describe('With sharedBroadcast a broadcast', () => {
  it('is sealed once for all: each gets the same bytes, after a first one of its own', async () => {
    const { app, peers } = await start(3);
    await broadcast(app, peers, ['one', 'two', 'three']);
    const shared = peers.map(({ frames }) => sharedOf(frames));
    expect(shared[0]).toHaveLength(2);
    expect(shared[1]).toEqual(shared[0]);
    expect(shared[2]).toEqual(shared[0]);
  });

  it('reaches who comes later, and peers of version 1, too', async () => {
    const { app, peers } = await start(1);
    await broadcast(app, peers, ['one', 'two']);
    const later = await connect(app);
    const old = await connect(app, 1);
    await broadcast(app, [...peers, later, old], ['three', 'four']);
    expect(sharedOf(later.frames)).toHaveLength(1);
    expect(sharedOf(later.frames)).toEqual(sharedOf(peers[0]!.frames).slice(-1));
    expect(sharedOf(old.frames)).toEqual([]);
  });

  it('is sealed under a key that nobody has who has left', async () => {
    const { app, peers } = await start(3);
    await broadcast(app, peers, ['one', 'two']);
    const [leaver, ...others] = peers;
    const gone = new Promise((resolve) => app.server.disconnected$.subscribe(resolve));
    leaver!.client.close();
    await gone;
    for (const { frames } of others) frames.length = 0;
    await broadcast(app, others, ['three']);
    expect(others.flatMap(({ frames }) => sharedOf(frames))).toEqual([]);
    await broadcast(app, others, ['four']);
    const [epoch] = sharedOf(others[0]!.frames).map((frame) => frame.slice(2, 10));
    expect(epoch).toBe('00000002');
  });

  it('keeps its place among what is sent to one alone', async () => {
    const { app, peers } = await start(2);
    await broadcast(app, peers, ['one']);
    const [{ client }] = peers as [(typeof peers)[0]];
    expect(await client.request('publish', 'between')).toBe('published');
    const news = [1, 2, 3].map(() => client.nextPush('news'));
    expect(await Promise.all(news)).toEqual(['before', 'between', 'after']);
  });

  it('carries bytes, and is padded as everything else', async () => {
    const { app, peers } = await start(2, { padding: 128 });
    await broadcast(app, peers, ['one', 'two', Buffer.from([1, 10, 2]), 'a longer one']);
    const lengths = sharedOf(peers[0]!.frames).map((frame) => frame.length);
    expect(lengths).toHaveLength(2);
    expect(new Set(lengths).size).toBe(1);
  });

  it.each(['duplicate', 'tamper', 'drop'] as const)(
    'closes with 4400 where somebody on the way makes it: %s',
    async (fault) => {
      const { app, peers } = await start(2);
      await broadcast(app, peers, ['one']);
      const [{ client, through }] = peers as [(typeof peers)[0]];
      const left = new Promise((resolve) => client.events.on('disconnect', resolve));
      const isShared = ([type]: Buffer) => type === SHARED;
      let shared = 0;
      through.plan = ({ data }) => (isShared(data) && shared++ === 0 ? fault : 'pass');
      for (const value of ['two', 'three']) {
        app.server.broadcast('news', value);
        await nextTurn();
      }
      expect(await left).toMatchObject({ code: 4400 });
      expect(await peers[1]!.client.nextPush('news')).toBe('two');
    },
  );
});

it('Without the option no broadcast is shared', async () => {
  const { app, peers } = await start(2, { sharedBroadcast: false });
  await broadcast(app, peers, ['one', 'two']);
  expect(peers.flatMap(({ frames }) => sharedOf(frames))).toEqual([]);
});
