import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';
import { useLog } from '../fixtures/log.js';

const KIB = 1024;
const RAW = Buffer.from([0, 10, 255, 10, 123]);

@Injectable()
class BytesHandlers {
  @SocketHandler('reverse')
  reverse(data: Buffer | string): Buffer {
    return Buffer.from(Buffer.from(data).toReversed());
  }

  @SocketHandler('kind')
  kind(data: unknown): string {
    return Buffer.isBuffer(data) ? `${data.length} bytes` : typeof data;
  }

  @SocketHandler('chunks')
  async *chunks(data: Buffer) {
    for (const byte of data) yield Uint8Array.of(byte, byte);
  }

  @SocketHandler('askBack')
  askBack(data: Buffer, client: ConnectedClient): Promise<unknown> {
    return client.request('double', data);
  }
}

const startApp = useApps();
const log = useLog();
const providers = [BytesHandlers];

const start = () => startApp({ providers });

describe('Bytes in version 2', () => {
  it('travel as they are in requests and replies, empty ones and large ones too', async () => {
    const client = await (await start()).connect();
    expect(await client.request('reverse', RAW)).toEqual(Buffer.from(RAW.toReversed()));
    expect(await client.request('kind', new Uint8Array())).toBe('0 bytes');
    const large = Buffer.alloc(900 * KIB, 7);
    expect(large.equals(await client.request<Buffer>('reverse', large))).toBe(true);
  });

  it('keep their place among the messages of a turn', async () => {
    const client = await (await start()).connect();
    const replies = [1, RAW, 'text', Buffer.alloc(100 * KIB), null].map((data) =>
      client.request('kind', data),
    );
    const expected = ['number', '5 bytes', 'string', '102400 bytes', 'object'];
    expect(await Promise.all(replies)).toEqual(expected);
  });

  it('are what they were when they were sent, whatever becomes of their memory', async () => {
    const client = await (await start()).connect();
    const memory = Buffer.from([1, 2, 3]);
    const reply = client.request('reverse', memory);
    memory.fill(0);
    expect(await reply).toEqual(Buffer.from([3, 2, 1]));
  });

  it('are the values of streams', async () => {
    const client = await (await start()).connect();
    const values = [];
    for await (const value of client.stream('chunks', Buffer.from([5, 6]))) values.push(value);
    expect(values).toEqual([Buffer.from([5, 5]), Buffer.from([6, 6])]);
  });

  it('are pushed to one, and to all', async () => {
    const app = await start();
    const client = await app.connect();
    client.watch('news');
    expect(app.server.sendTo(1, 'news', RAW)).toBe(true);
    expect(await client.nextPush('news')).toEqual(RAW);
    expect(app.server.broadcast('news', RAW)).toBe(1);
    expect(await client.nextPush('news')).toEqual(RAW);
  });

  it('are asked of a client, and answered by its hook', async () => {
    const client = await (await start()).connect();
    client.on('double', (data) => Buffer.concat([data as Buffer, data as Buffer]));
    expect(await client.request('askBack', RAW)).toEqual(Buffer.concat([RAW, RAW]));
  });

  it('cannot be larger than the server takes', async () => {
    const client = await (await start()).connect();
    const tooLarge = client.request('kind', Buffer.alloc(1_024 * KIB));
    await expect(tooLarge).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
    expect(await client.request('kind', 1)).toBe('number');
  });
});

describe.each([
  ['version 1', { encryption: true }],
  ['no encryption', { encryption: false }],
])('Bytes with %s', (_, options) => {
  const refused = { code: 'INVALID_MESSAGE', message: expect.stringContaining('version 2') };
  const startOld = async () => {
    const app = await startApp({ providers, options });
    return { app, client: await app.connect({ version: 1 }) };
  };

  it('are refused to a client that sends them, which goes on', async () => {
    const { client } = await startOld();
    await expect(client.request('kind', RAW)).rejects.toMatchObject(refused);
    expect(() => client.send({ request: 'kind', data: RAW })).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => client.stream('chunks', RAW)).toThrow(expect.objectContaining(refused));
    expect(await client.request('kind', 1)).toBe('number');
  });

  it('are refused to whoever pushes them or asks with them, before anybody got any', async () => {
    const { app } = await startOld();
    const newer = options.encryption ? await app.connect() : undefined;
    newer?.watch('news');
    expect(() => app.server.broadcast('news', RAW)).toThrow(expect.objectContaining(refused));
    expect(() => app.server.sendTo(1, 'news', RAW)).toThrow(expect.objectContaining(refused));
    await expect(app.server.request(1, 'double', RAW)).rejects.toMatchObject(refused);
    app.server.broadcast('news', 'text');
    expect(await newer?.nextPush('news')).toBe(newer && 'text');
  });

  it('that a handler returns are INTERNAL to its caller, and in the log', async () => {
    const { client } = await startOld();
    const reply = client.request('reverse', 'ab');
    await expect(reply).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(log.matching(/which need version 2 of the wire/)).toHaveLength(1);
  });
});
