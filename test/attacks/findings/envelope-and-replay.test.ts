import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import {
  EchoHandler,
  QuietHandler,
  RecordHandler,
  VersionHandler,
} from '../../fixtures/handlers.js';
import { useRawServers } from '../../fixtures/raw-servers.js';
import { open } from '../../helpers/raw-envelope.js';
import { readDocument } from '../../readme/documents.js';

const startApp = useApps();
const rawServers = useRawServers();
const security = readDocument('src/envelope/KEYS.md').section('Security of version 1');

async function start() {
  const providers = [EchoHandler, QuietHandler, RecordHandler, VersionHandler];
  const app = await startApp({ providers });
  return { app, server: app.server, calls: app.app.get(RecordHandler).calls };
}

describe('finding 2: a captured frame is sent once more within its session', () => {
  it('is refused, and its handler does not run again', async () => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    await peer.request('record', 'pay');
    peer.replay();
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(calls).toEqual(['pay']);
  });

  it('is refused after 1,023 other messages too', async () => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    await peer.request('record', 'pay');
    const captured = peer.lastFrame('out');
    for (let count = 0; count < 1_023; count++) peer.sendMessage({ request: 'quiet' });
    await peer.roundTrip();
    peer.replay(captured);
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(calls).toEqual(['pay']);
  });

  it('opens in no other session', async () => {
    const { app, calls } = await start();
    const [victim, peer] = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    await victim.request('record', 'pay');
    peer.replay(victim.lastFrame('out'));
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(calls).toEqual(['pay']);
  });
});

describe('finding 3: a captured auth frame is sent to open another session', () => {
  it.each(['is still connected', 'has left'])('is refused while its owner %s', async (owner) => {
    const { app, server } = await start();
    const victim = await authenticatedRaw(app);
    if (owner === 'has left') {
      const gone = firstValueFrom(server.disconnected$);
      await victim.terminate();
      await gone;
    }
    const authenticated = [...server.clientMap.keys()];
    const peer = await connectRaw(app);
    peer.replay(victim.lastFrame('out'));
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(peer.received.unread).toEqual([]);
    expect([...server.clientMap.keys()]).toEqual(authenticated);
  });
});

describe('finding 4: a fake server answers with an auth reply that it recorded', () => {
  it('is refused by the client that saw it, which says nothing more', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server);
    await client.connect();
    const [genuine] = server.history;
    server.faults.replayedAuthReply = genuine!.authReply!;
    await expect(client.reconnect()).rejects.toHaveProperty('code', 'AUTH_REJECTED');
    const fake = server.history[1]!;
    expect((await fake.untilClosed()).code).toBe(4400);
    expect(fake.frames.map(({ direction }) => direction)).toEqual(['in', 'out']);
    expect(client.state).toBe('failed');
  });

  it('is believed by a client that was started since, as KEYS.md says', () => {
    expect(security).toMatch(
      /An old auth reply.* is refused by a client that saw it, but not by one that was started since/,
    );
  });
});

describe('finding 5: a frame is reflected to whoever sent it', () => {
  it('is refused by the server under the session key, and its handler does not run', async () => {
    const { app, server, calls } = await start();
    const peer = await authenticatedRaw(app);
    server.broadcast('record', 'a push that is named like a handler');
    await peer.next();
    peer.reflect();
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(calls).toEqual([]);
  });

  it('is refused by the server under the global key, on other connections too', async () => {
    const { app } = await start();
    const [peer, other] = await Promise.all([connectRaw(app), connectRaw(app)]);
    await peer.request('version');
    other.reflect(peer.lastFrame('in'));
    peer.reflect();
    expect((await other.untilClosed()).code).toBe(4400);
    expect((await peer.untilClosed()).code).toBe(4400);
  });

  it('is refused by the client, and its hook does not run', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server, { reconnect: false });
    const heard: unknown[] = [];
    client.on('news', (payload: unknown) => heard.push(payload));
    await client.connect();
    client.send({ request: 'news', data: 'its own words' });
    const { peer } = await server.nextMessage('news');
    peer.reflect();
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(heard).toEqual([]);
  });
});

describe('finding 6: a recording is opened with an authKey that leaked later', () => {
  it('is possible with version 1, as KEYS.md says', () => {
    expect(security).toMatch(
      /No forward secrecy.* Whoever learns the `authKey` can read everything that was ever recorded/,
    );
  });

  it('is not possible for another session with the key of one', async () => {
    const { app } = await start();
    const [leaked, other] = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    await other.request('echo', 'private');
    for (const { data } of other.frames) expect(() => open(data, leaked.key!)).toThrow();
  });
});

describe('finding 9: somebody plays the server', () => {
  it('fails without the authKey, and learns nothing of it', async () => {
    const authKey = 'what-the-impostor-guessed';
    const impostor = await rawServers.start({ authKey, mode: 'ours' });
    await expect(rawServers.client(impostor).connect()).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
    });
    const [frame] = impostor.frames;
    expect(impostor.frames).toHaveLength(1);
    expect(() => open(frame!.data, impostor.globalKey!)).toThrow();
  });

  it('is possible for whoever holds the authKey, as KEYS.md says', () => {
    expect(security).toMatch(/Whoever holds the `authKey` can play the server/);
  });
});

describe('finding 19: frames are deleted or put in another order', () => {
  it('goes unnoticed with version 1, as KEYS.md says', () => {
    expect(security).toMatch(/Deletion and reordering go unnoticed/);
  });

  it('gets none delivered twice, and none under the id of another', async () => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    const frames = [1, 2, 3].map((id) => peer.seal({ request: 'record', id, data: id }));
    // The first is deleted, the others change places.
    for (const frame of [frames[2]!, frames[1]!]) peer.sendFrame(frame);
    expect([await peer.next(), await peer.next()]).toMatchObject([{ id: 3 }, { id: 2 }]);
    expect(calls).toEqual([3, 2]);
    expect(peer.received.unread).toEqual([]);
  });
});
