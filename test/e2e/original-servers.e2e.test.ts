import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { SocketClient } from '../../src/client/index.js';
import { deferred } from '../fixtures/deferred.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import type { RawServer } from '../helpers/raw-server.js';

const servers = useRawServers();

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Answers `work` with its own data, when the test says so; what is to be answered, in order. */
function answerByHand(server: RawServer) {
  const open = new Map<unknown, (value: unknown) => void>();
  server.onRequest('work', (data) => {
    const { promise, resolve } = deferred<unknown>();
    open.set(data, resolve);
    return promise;
  });
  return open;
}

describe.each([true, false])(
  'Against a server of the original, with encryption: %p',
  (encryption) => {
    async function start(): Promise<{ server: RawServer; client: SocketClient }> {
      const server = await servers.start({ encryption });
      server.onRequest('echo', (data) => data);
      const client = servers.client(server, { encryption });
      await client.connect();
      return { server, client };
    }

    it('requests of one name get their own replies, though the quicker one would overtake', async () => {
      const { server, client } = await start();
      server.onRequest('slow', async (ms) => {
        await new Promise((resolve) => setTimeout(resolve, ms as number));
        return ms;
      });
      const replies = [40, 1, 20].map((ms) => client.request('slow', ms));
      expect(await Promise.all(replies)).toEqual([40, 1, 20]);
    });

    it('requests of other names do not wait for them', async () => {
      const { server, client } = await start();
      const open = answerByHand(server);
      const work = client.request('work', 1);
      expect(await client.request('echo', 2)).toBe(2);
      open.get(1)!('done');
      expect(await work).toBe('done');
    });

    it('a late reply is given to nobody, and until it came its name is refused', async () => {
      const { server, client } = await start();
      const open = answerByHand(server);
      const heard: unknown[] = [];
      client.on('work', (reply) => heard.push(reply));
      const [first, second] = [
        client.request('work', 1, { timeout: 30 }),
        client.request('work', 2),
      ];
      await expect(first).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
      await expect(second).rejects.toMatchObject({ code: 'REPLY_UNCERTAIN' });
      await expect(client.request('work', 3)).rejects.toMatchObject({ code: 'REPLY_UNCERTAIN' });
      expect([...open.keys()]).toEqual([1]);
      open.get(1)!('late');
      await client.request('echo', 'after the late reply');
      const fourth = client.request('work', 4);
      await until(() => open.has(4));
      open.get(4)!('fourth');
      expect(await fourth).toBe('fourth');
      expect(heard).toEqual([]);
    });

    it('an aborted request is like one that timed out, and a new connection ends the doubt', async () => {
      const { server, client } = await start();
      server.onRequest('nothing', () => undefined);
      const abort = new AbortController();
      const aborted = client.request('nothing', 1, { signal: abort.signal });
      await server.nextMessage('nothing');
      abort.abort();
      await expect(aborted).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
      await expect(client.request('nothing')).rejects.toMatchObject({ code: 'REPLY_UNCERTAIN' });
      await client.reconnect();
      server.onRequest('nothing', () => 'something');
      expect(await client.request('nothing')).toBe('something');
    });

    it('a request that waits for its turn may be given up, and is never sent', async () => {
      const { server, client } = await start();
      const open = answerByHand(server);
      const first = client.request('work', 1);
      await expect(client.request('work', 2, { timeout: 10 })).rejects.toHaveProperty(
        'code',
        'REQUEST_TIMEOUT',
      );
      const third = client.request('work', 3);
      open.get(1)!('first');
      expect(await first).toBe('first');
      await until(() => open.has(3));
      open.get(3)!('third');
      expect(await third).toBe('third');
      expect([...open.keys()]).toEqual([1, 3]);
    });

    it('the reply to what was sent goes to the hook, and not to a request of its name', async () => {
      const { server, client } = await start();
      const open = answerByHand(server);
      const heard: unknown[] = [];
      client.on('work', (reply) => heard.push(reply));
      client.send({ request: 'work', data: 'sent' });
      const request = client.request('work', 'asked');
      client.send({ request: 'work', data: 'sent later' });
      for (const data of ['sent', 'asked', 'sent later']) {
        await until(() => open.has(data));
        open.get(data)!(`reply to ${data}`);
      }
      expect(await request).toBe('reply to asked');
      await until(() => heard.length === 2);
      expect(heard).toEqual(['reply to sent', 'reply to sent later']);
    });

    it('a connection that is lost rejects who waits, sent or not', async () => {
      const { server, client } = await start();
      answerByHand(server);
      const requests = [client.request('work', 1), client.request('work', 2)];
      await server.nextMessage('work');
      for (const peer of server.peers) void peer.terminate();
      const results = await Promise.allSettled(requests);
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'CONNECTION_LOST' } });
      }
      await once(client.events, 'reconnected');
      expect(await client.request('echo', 1)).toBe(1);
    });

    it('a hook of auth that throws rejects connect(), and the connection ends for good', async () => {
      const server = await servers.start({ encryption });
      const client = servers.client(server, { encryption });
      const cause = new Error('not the reply that I wanted');
      client.on('auth', async (response) => {
        await Promise.resolve();
        if (response === 'success') throw cause;
      });
      await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED', cause });
      expect(client.state).toBe('failed');
      await server.history[0]!.untilClosed();
      expect(server.history).toHaveLength(1);
    });

    it('a hook of auth that throws when coming back is told, and it stays away', async () => {
      const { server, client } = await start();
      const cause = new Error('not twice');
      client.on('auth', () => {
        throw cause;
      });
      const failed = once(client.events, 'reconnectFailed');
      for (const peer of server.peers) void peer.terminate();
      expect(await failed).toMatchObject([{ code: 'AUTH_REJECTED', cause }]);
      expect(client.state).toBe('failed');
    });

    it('connect() resolves when the hooks of auth are done, which may ask already', async () => {
      const server = await servers.start({ encryption });
      server.onRequest('echo', (data) => data);
      const client = servers.client(server, { encryption });
      const heard: unknown[] = [];
      client.on('auth', async (response) => {
        heard.push(response, await client.request('echo', 'asked by the hook'));
      });
      await client.connect();
      expect(heard).toEqual(['success', 'asked by the hook']);
    });

    it('a stream is refused at once, and nothing is sent', async () => {
      const { server, client } = await start();
      expect(() => client.stream('watch')).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED_BY_PEER' }),
      );
      await client.request('echo', 1);
      const names = server.received.unread.map(({ message }) => message.request);
      expect(names).not.toContain('watch');
    });

    it('a hook is found under its camelCase name, when there is none of the exact name', async () => {
      const { server, client } = await start();
      const heard: unknown[] = [];
      const leave = client.on('has-both', (data: unknown) => heard.push(['exact', data]));
      client.on('hasBoth', (data: unknown) => heard.push(['camel', data]));
      client.on('scanGames', (data: unknown) => heard.push(['scan', data]));
      for (const field of ['data', 'response'] as const) {
        server.push('scan-games', field, field);
        server.push('has-both', field, field);
        await client.request('echo', 1);
        await until(() => heard.length === 2);
        expect(heard.splice(0)).toEqual([
          ['scan', field],
          ['exact', field],
        ]);
      }
      leave();
      server.push('has-both', 3);
      await until(() => heard.length === 1);
      expect(heard).toEqual([['camel', 3]]);
    });
  },
);

describe.each([false, 0, '', null, undefined])('A reply to auth that is %p', (response) => {
  it('rejects connect() where encryption is off', async () => {
    const server = await servers.start({ encryption: false });
    server.faults.authResponse = { response };
    const client = servers.client(server, { encryption: false });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    expect(client.state).toBe('failed');
  });
});
