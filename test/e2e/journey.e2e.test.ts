import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { interval, type Observable } from 'rxjs';
import { WsException } from '@nestjs/websockets';
import type { SocketClientOptions } from '../../src/client/index.js';
import { SocketHandler, type ConnectedClient, type SocketsOptions } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';

/** The journey of a message is one: what differs stands behind the envelope and the handshake. */
const WIRES: readonly [string, SocketsOptions, SocketClientOptions][] = [
  ['version 1', {}, { version: 1 }],
  ['version 2', {}, { version: 2 }],
  ['version 2, padded', { padding: 128 }, { version: 2, padding: 256 }],
  ['no encryption', { encryption: false }, {}],
];

@Injectable()
@SocketHandler('echo')
class EchoHandler {
  server(data: unknown): unknown {
    return data;
  }
}

@Injectable()
@SocketHandler('fail')
class FailingHandler {
  server(): never {
    throw new WsException({ code: 'NOT_TODAY', message: 'Come back tomorrow', details: [1] });
  }
}

@Injectable()
@SocketHandler('count')
class CountHandler {
  server(): Observable<number> {
    return interval(1);
  }
}

@Injectable()
@SocketHandler('askMe')
class AskingHandler {
  async server(data: unknown, client: ConnectedClient): Promise<unknown> {
    return client.request('status', data);
  }
}

const providers = [EchoHandler, FailingHandler, CountHandler, AskingHandler];
const startApp = useApps();

describe.each(WIRES)('Over %s', (_, options, clientOptions) => {
  async function start(more: SocketsOptions = {}) {
    const app = await startApp({ providers, options: { ...options, ...more } });
    return { app, client: await app.connect(clientOptions) };
  }

  it('many requests in flight are answered, each with its own reply', async () => {
    const { client } = await start();
    const values = Array.from({ length: 300 }, (_value, index) => ({
      index,
      text: '♞'.repeat(index),
    }));
    expect(await Promise.all(values.map((value) => client.request('echo', value)))).toEqual(values);
  });

  it('a handler that fails answers with its code, and the connection goes on', async () => {
    const { client } = await start();
    const error = { code: 'NOT_TODAY', details: [1] };
    await expect(client.request('fail')).rejects.toMatchObject(error);
    await expect(client.request('nobody')).rejects.toMatchObject({ code: 'UNKNOWN_HANDLER' });
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('pushes come in order', async () => {
    const { app, client } = await start();
    client.watch('news');
    for (let count = 0; count < 50; count++) app.server.broadcast('news', count);
    for (let count = 0; count < 50; count++) expect(await client.nextPush('news')).toBe(count);
  });

  it('a stream yields its values until it is left', async () => {
    const { client } = await start();
    const values: unknown[] = [];
    for await (const value of client.stream('count')) if (values.push(value) === 3) break;
    expect(values).toEqual([0, 1, 2]);
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('the server asks, and the client answers', async () => {
    const { client } = await start();
    client.on('status', (data) => ({ asked: data }));
    await expect(client.request('askMe', 7)).resolves.toEqual({ asked: 7 });
  });

  it('too many messages in a second close the connection', async () => {
    const { app, client } = await start({ maxMessagesPerSecond: 20 });
    const requests = Array.from({ length: 40 }, () => client.request('echo', 1));
    const results = await Promise.allSettled(requests);
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
    expect(app.server.stats().refused).toMatchObject({ maxMessagesPerSecond: 1 });
  });

  it('the client comes back after a restart of its connection', async () => {
    const { app, client } = await start();
    await client.reconnect();
    await expect(client.request('echo', 2)).resolves.toBe(2);
    expect(app.server.clientMap.size).toBeLessThanOrEqual(2);
  });
});
