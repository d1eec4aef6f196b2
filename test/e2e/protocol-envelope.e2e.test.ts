import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SkipAuth, SocketHandler } from '../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY, GLOBAL_KEY_HEX } from '../fixtures/auth-key.js';
import { deferred } from '../fixtures/deferred.js';
import { EchoHandler, RecordHandler, VersionHandler } from '../fixtures/handlers.js';
import { open, seal, tamper } from '../helpers/raw-envelope.js';

const startApp = useApps();
const providers = [EchoHandler, RecordHandler, VersionHandler];
const GLOBAL_KEY = Buffer.from(GLOBAL_KEY_HEX, 'hex');
const REQUEST = { request: 'record', data: 1 };

/** As both sides of this implementation choose them: six bytes that stay, and a counter. */
function countedIv(count: number): Buffer {
  const iv = Buffer.from('a1b2c3d4e5f6000000000000', 'hex');
  iv.writeUIntBE(count, 6, 6);
  return iv;
}

describe('PROTOCOL.md, 2 Envelope', () => {
  it('R2.1: seals every message as iv, tag and ciphertext, in binary', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    const reply = await client.request('echo', '♞');
    const [authReply, echoReply] = client.frames.filter(({ direction }) => direction === 'in');
    expect([authReply!.binary, echoReply!.binary]).toEqual([true, true]);
    expect(JSON.parse(open(authReply!.data, GLOBAL_KEY).toString())).toHaveProperty('sessionKey');
    const text = open(echoReply!.data, client.key!).toString('utf8');
    expect(JSON.parse(text)).toEqual(reply);
    expect(echoReply!.data).toHaveLength(12 + 16 + Buffer.byteLength(text));
  });

  it('R2.2: sends the JSON as text with encryption off', async () => {
    const app = await startApp({ providers, options: { encryption: false } });
    const client = await authenticatedRaw(app);
    await client.request('echo', '♞');
    const frames = client.frames.map(({ data, binary }) => ({ text: data.toString(), binary }));
    expect(frames).toEqual([
      { text: `{"request":"auth","id":0,"data":{"authKey":"${AUTH_KEY}"}}`, binary: false },
      { text: '{"request":"auth","id":0,"response":"success"}', binary: false },
      { text: '{"request":"echo","data":"♞"}', binary: false },
      { text: '{"request":"echo","response":"♞"}', binary: false },
    ]);
  });

  it('R2.3: takes a text message for a bad frame where encryption is on', async () => {
    const app = await startApp({ providers });
    const [before, after] = await Promise.all([connectRaw(app), authenticatedRaw(app)]);
    before.sendText(JSON.stringify({ request: 'auth', data: { authKey: AUTH_KEY } }));
    after.sendText(JSON.stringify(REQUEST));
    expect((await before.untilClosed()).code).toBe(4400);
    expect((await after.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it('R2.3: takes a binary message for a bad frame where encryption is off', async () => {
    const app = await startApp({ providers, options: { encryption: false } });
    const client = await authenticatedRaw(app);
    client.sendFrame(Buffer.from(JSON.stringify(REQUEST)));
    expect((await client.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  const badFrames: [string, (key: Buffer) => Buffer][] = [
    ['an empty frame', () => Buffer.alloc(0)],
    ['27 bytes', () => randomBytes(27)],
    ['28 random bytes', () => randomBytes(28)],
    ['a tampered iv', (key) => tamper(seal(JSON.stringify(REQUEST), key), 0)],
    ['a tampered tag', (key) => tamper(seal(JSON.stringify(REQUEST), key), 27)],
    ['tampered ciphertext', (key) => tamper(seal(JSON.stringify(REQUEST), key))],
    ['a cut frame', (key) => seal(JSON.stringify(REQUEST), key).subarray(0, -1)],
    ['another key', () => seal(JSON.stringify(REQUEST), randomBytes(32))],
    ['the global key instead of the session’s', () => seal(JSON.stringify(REQUEST), GLOBAL_KEY)],
    ['nothing sealed', (key) => seal('', key)],
    ['text that is not JSON', (key) => seal('record please', key)],
    ['bytes that are not UTF-8', (key) => seal(Buffer.from([0x22, 0xff, 0x22]), key)],
    ['JSON without a request', (key) => seal('{"data":1}', key)],
  ];

  it.each(badFrames)(
    'R2.4: closes with 4400 on %s, without handler or reply',
    async (_what, make) => {
      const app = await startApp({ providers });
      const client = await authenticatedRaw(app);
      client.sendFrame(make(client.key!));
      expect((await client.untilClosed()).code).toBe(4400);
      expect(client.received.unread).toEqual([]);
      expect(app.app.get(RecordHandler).calls).toEqual([]);
    },
  );

  it('R2.5: refuses a replayed frame under the session key', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    await client.request('record', 1);
    client.replay();
    expect((await client.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([1]);
  });

  it('R2.5: remembers as many messages of a session as replayWindow says', async () => {
    const app = await startApp({ providers, options: { replayWindow: 2 } });
    const client = await authenticatedRaw(app);
    const frames = [0, 1, 2, 3].map((data) => client.seal({ request: 'record', data }));
    for (const frame of frames) client.sendFrame(frame);
    // The first of a session is never forgotten. The second was when the fourth came, and takes the
    // place of the third.
    client.replay(frames[1]);
    await client.roundTrip();
    expect(app.app.get(RecordHandler).calls).toEqual([0, 1, 2, 3, 1]);
    client.replay(frames[3]);
    expect((await client.untilClosed()).code).toBe(4400);
  });

  it('R2.5: refuses a replay of any age of a client whose ivs count up', async () => {
    const app = await startApp({ providers, options: { replayWindow: 2 } });
    const client = await authenticatedRaw(app);
    const frames = [0, 1, 2, 3, 4, 5].map((data) =>
      client.seal({ request: 'record', data }, { iv: countedIv(data) }),
    );
    for (const frame of frames) client.sendFrame(frame);
    client.replay(frames[1]);
    expect((await client.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('R2.5: refuses a replayed frame under the global key on another connection', async () => {
    const app = await startApp({ providers });
    const [first, second] = await Promise.all([connectRaw(app), connectRaw(app)]);
    await first.request('version');
    second.sendFrame(first.lastFrame('out'));
    expect((await second.untilClosed()).code).toBe(4400);
    expect(second.received.unread).toEqual([]);
  });

  it('R2.6: refuses its own frames, sent back under either key', async () => {
    const app = await startApp({ providers });
    const [before, after] = await Promise.all([connectRaw(app), authenticatedRaw(app)]);
    await before.request('version');
    before.reflect();
    await after.request('record', 1);
    const reply = after.lastFrame('in');
    await after.request('echo', 2);
    after.reflect(reply);
    expect((await before.untilClosed()).code).toBe(4400);
    expect((await after.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([1]);
  });

  it('R2.6: counts ivs behind a prefix of its own under each session key', async () => {
    const app = await startApp({ providers });
    const clients = await Promise.all([authenticatedRaw(app), authenticatedRaw(app)]);
    for (const client of clients) {
      for (let count = 0; count < 3; count++) await client.request('echo', count);
    }
    const sessions = clients.map((client) => client.ivs('in').slice(1));
    for (const ivs of sessions) {
      expect(new Set(ivs.map((iv) => iv.toString('hex', 0, 6))).size).toBe(1);
      expect(ivs.map((iv) => iv.readUIntBE(6, 6))).toEqual([0, 1, 2]);
    }
    expect(sessions[0]![0]).not.toEqual(sessions[1]![0]);
  });

  it('R2.6: uses random ivs under the global key', async () => {
    const app = await startApp({ providers });
    const client = await connectRaw(app);
    for (let count = 0; count < 5; count++) await client.request('version');
    const prefixes = client.ivs('in').map((iv) => iv.toString('hex', 0, 6));
    expect(new Set(prefixes).size).toBe(5);
  });

  it('R2.6: takes frames with random ivs throughout from a peer of the original', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app, { mode: 'original' });
    for (let count = 0; count < 5; count++) {
      expect(await client.request('echo', count)).toMatchObject({ response: count });
    }
  });
});

describe('PROTOCOL.md, 3 Keys', () => {
  it('R3.1: opens what was sealed under the key of the document’s example', async () => {
    const app = await startApp({ providers });
    const client = await connectRaw(app);
    client.sendFrame(seal('{"request":"version"}', GLOBAL_KEY));
    expect(await client.next()).toEqual({ request: 'version', response: '1.2.0' });
  });

  it('R3.2: gives every connection a session key of its own, in padded base64', async () => {
    const app = await startApp();
    const clients = await Promise.all([connectRaw(app), connectRaw(app)]);
    const replies = await Promise.all(clients.map((client) => client.authenticate()));
    const keys = replies.map(({ sessionKey }) => sessionKey!);
    expect(keys[0]).not.toBe(keys[1]);
    for (const key of keys) {
      expect(Buffer.from(key, 'base64')).toHaveLength(32);
      expect(Buffer.from(key, 'base64').toString('base64')).toBe(key);
    }
  });

  it('R3.3: seals what follows the reply to auth at once under the session key', async () => {
    const app = await startApp();
    app.server.authenticated$.subscribe((client) => client.send({ request: 'hello', data: 1 }));
    const client = await connectRaw(app);
    await client.authenticate();
    expect(await client.next()).toEqual({ request: 'hello', data: 1 });
    const [authReply, push] = client.frames.filter(({ direction }) => direction === 'in');
    expect(open(authReply!.data, GLOBAL_KEY).toString()).toContain('sessionKey');
    expect(() => open(push!.data, GLOBAL_KEY)).toThrow();
  });

  it('R3.3: uses the global key in both directions until auth has succeeded', async () => {
    const deciding = deferred<string>();

    @SkipAuth()
    @SocketHandler('auth')
    class PatientAuthHandler {
      server() {
        return deciding.promise;
      }
    }

    const app = await startApp({ providers, auth: PatientAuthHandler });
    const client = await connectRaw(app);
    await client.request('version');
    client.sendMessage({ request: 'auth', data: {} });
    // Still before the reply, so still under the global key; handled after it.
    client.sendMessage(REQUEST);
    deciding.resolve('success');
    expect(await client.nextMatching(({ request }) => request === 'record')).toEqual({
      request: 'record',
      response: 'recorded',
    });
  });

  it('R3.4: has no session key with encryption off', async () => {
    const app = await startApp({ options: { encryption: false } });
    const client = await connectRaw(app);
    const reply = { request: 'auth', id: 0, response: 'success' };
    expect(await client.authenticate()).toEqual(reply);
  });

  it('R3.4: still asks for the authKey with encryption off', async () => {
    const app = await startApp({ options: { encryption: false } });
    const client = await connectRaw(app);
    await expect(client.authenticate('another-shared-key')).rejects.toHaveProperty('code', 4401);
  });
});
