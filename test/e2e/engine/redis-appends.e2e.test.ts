import { expect, it } from '@jest/globals';
import { roomChannel } from '../../../src/engine/engine.js';
import { useLog } from '../../fixtures/log.js';
import { useRedisNodes } from '../../helpers/redis-nodes.js';
import { describeWithRedisServer } from '../../helpers/redis.js';

const BOUNDS = { size: 100, ttl: 60_000 };
const FRAME = Buffer.from('frame');

describeWithRedisServer('What is appended in one turn of the event loop', () => {
  useLog();
  const { start, connect, stranger } = useRedisNodes();

  it('is one script for each room, and up to 64 frames of it', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    const scripts = async () => {
      const info = await client.info('commandstats');
      return Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(info)![1]);
    };
    const before = await scripts();
    const append = (room: string) => node.session.append(room, FRAME, BOUNDS);
    await Promise.all(Array.from({ length: 200 }, (_, index) => append(`room-${index % 2}`)));
    expect((await scripts()) - before).toBe(4);
    await append('room-0');
    expect((await scripts()) - before).toBe(5);
    expect(await client.xLen('ns:room:room-0:log')).toBe(3);
  });

  it('is stored in several steps where it is large', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    const large = Buffer.alloc(100 * 1024, 7);
    await Promise.all(Array.from({ length: 7 }, () => node.session.append('room', large, BOUNDS)));
    expect(await client.xLen('ns:room:room:log')).toBe(3);
    const { entries } = await node.session.read('room', 0, 10);
    expect(entries.map(({ frame }) => frame.length)).toEqual(Array(7).fill(large.length));
  });

  it('rejects together where Redis refuses it, and nothing else with it', async () => {
    const server = await start();
    const node = await connect(server.url);
    await node.session.subscribe(roomChannel('well'));
    await (await stranger(server.url)).set('ns:room:ill:head', 'no hash');
    const append = (room: string) => node.session.append(room, FRAME, BOUNDS);
    const results = await Promise.allSettled([append('ill'), append('well'), append('ill')]);
    const [ill, well, other] = results;
    for (const result of [ill, other]) {
      expect(result).toMatchObject({ reason: { code: 'ENGINE_UNAVAILABLE' } });
    }
    expect(well).toMatchObject({ value: { offset: 1 } });
    expect((await node.heard.entries.next()).offset).toBe(1);
  });
});
