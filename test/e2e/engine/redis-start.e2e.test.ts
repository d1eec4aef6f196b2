import { expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { useLog } from '../../fixtures/log.js';
import { connectNode } from '../../helpers/engine-node.js';
import { LONG, engineWith, useRedisNodes } from '../../helpers/redis-nodes.js';
import { describeWithRedisServer } from '../../helpers/redis.js';
import { withDeadline } from '../../helpers/with-deadline.js';

const FRAME = Buffer.from('frame');

describeWithRedisServer('The engine on Redis, at the start,', () => {
  const log = useLog();
  const { start, connect, stranger } = useRedisNodes();

  it('waits at the start for a Redis that comes in time', async () => {
    const server = await start();
    await server.kill();
    const connecting = connect(server.url, { start: LONG });
    await log.next(/Redis cannot be reached \(.*ECONNREFUSED/);
    await server.restart();
    const node = await connecting;
    expect((await node.session.beat()).nodes).toEqual([node.session.node]);
    expect(log.matching(/Redis can be reached again/)).toHaveLength(1);
    expect(node.heard.availability.unread).toEqual([]);
  });

  it('says at the start which Redis is not there, and leaves nothing running', async () => {
    const server = await start();
    await server.kill();
    const url = `redis://user:secret-password@127.0.0.1:${server.port}`;
    const failed = await connectNode(engineWith({ url }, { start: 1_000 })).catch(
      (error: unknown) => error as Error,
    );
    expect(failed).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(
        `Redis at 127\\.0\\.0\\.1:${server.port} .*ECONNREFUSED.*Check`,
      ),
    });
    expect(JSON.stringify([String((failed as Error).cause), ...log.entries])).not.toContain(
      'secret',
    );
    await server.restart();
    const client = await stranger(server.url);
    const list = await client.sendCommand<string>(['CLIENT', 'LIST']);
    expect(list.trim().split('\n')).toHaveLength(1);
  });

  it('gives up at once where the password is wrong, which it does not tell', async () => {
    const server = await start();
    const client = await stranger(server.url);
    await client.configSet('requirepass', 'the-right-one');
    for (const url of [server.url, server.url.replace('//', '//:a-wrong-secret@')]) {
      const error = await withDeadline(
        connectNode(engineWith({ url }, { start: 10 * LONG })).catch(String),
        LONG,
        'it to give up',
      );
      expect(error).toMatch(/cannot be used \((WRONGPASS|NOAUTH)/);
      expect(error).not.toContain('secret');
    }
    expect(await client.exists('ns:nodes')).toBe(0);
  });

  it('starts on a Redis that hangs with a refusal', async () => {
    const server = await start();
    server.pause();
    await expect(connect(server.url, { start: 300 })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    });
  });

  it('leaves a client alone that it was given', async () => {
    const server = await start();
    const client = createClient({ url: server.url, keyPrefix: 'theirs:' });
    const node = await connectNode(engineWith({ client, prefix: 'ours:' }));
    expect(client.isOpen).toBe(false);
    await node.session.subscribe('all');
    await node.session.publish('all', FRAME);
    expect((await node.heard.frames.next()).text).toBe('frame');
    await client.connect();
    await node.session.close();
    expect(await client.ping()).toBe('PONG');
    client.destroy();
  });
});
