import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { deferred } from '../fixtures/deferred.js';
import {
  EchoHandler,
  FailingHandlers,
  QuietHandler,
  RecordHandler,
  SlowHandler,
  StreamHandlers,
  VersionHandler,
} from '../fixtures/handlers.js';
import { SkipAuth, SocketHandler } from '../../src/index.js';
import type { RawClient } from '../helpers/raw-client.js';

const startApp = useApps();
const providers = [
  EchoHandler,
  FailingHandlers,
  QuietHandler,
  RecordHandler,
  SlowHandler,
  StreamHandlers,
  VersionHandler,
];

/** Sends text as it is, sealed, and returns the code with which the server closes. */
async function closeCodeAfter(client: RawClient, text: string): Promise<number> {
  client.sendFrame(client.sealText(text));
  return (await client.untilClosed()).code;
}

function nested(depth: number): string {
  return `{"request":"record","data":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
}

describe('PROTOCOL.md, 4 Message rules', () => {
  it.each([
    ['R4.1', 'text that is not JSON', 'record'],
    ['R4.1', 'an array', '["record"]'],
    ['R4.1', 'a JSON string', '"record"'],
    ['R4.1', 'null', 'null'],
    ['R4.1', '65 levels', nested(65)],
    ['R4.2', 'no request', '{"data":1}'],
    ['R4.2', 'a number as request', '{"request":1}'],
    ['R4.2', 'a name with a slash', '{"request":"record/1"}'],
    ['R4.2', 'a name of 65 characters', `{"request":"a${'b'.repeat(64)}"}`],
    ['R4.3', 'the key __proto__', '{"request":"record","data":{"__proto__":{"a":1}}}'],
    ['R4.3', 'an escaped __proto__', '{"request":"record","data":{"\\u005f_proto__":{}}}'],
    [
      'R4.3',
      'constructor.prototype',
      '{"request":"record","data":{"constructor":{"prototype":1}}}',
    ],
    ['R4.4', 'an empty id', '{"request":"record","id":""}'],
    ['R4.4', 'an id of 65 characters', `{"request":"record","id":"${'x'.repeat(65)}"}`],
    ['R4.4', 'a fraction as id', '{"request":"record","id":1.5}'],
    ['R4.4', 'an id past the safe integers', '{"request":"record","id":9007199254740992}'],
    ['R4.4', 'null as id', '{"request":"record","id":null}'],
  ])('%s, R4.6: closes with 4400 on %s, and runs no handler', async (_rule, _what, text) => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    expect(await closeCodeAfter(client, text)).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it('R4.1: takes a message that nests 64 levels deep', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendFrame(client.sealText(nested(64)));
    expect(await client.next()).toMatchObject({ response: 'recorded' });
  });

  it('R4.2: takes a name of 64 characters, with digits, dots, dashes and underscores', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    const name = `a.b-c_9${'x'.repeat(57)}`;
    expect(await client.requestWithId(name)).toHaveProperty('error.code', 'UNKNOWN_HANDLER');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'R4.2: does not take %s, which every object has, for a handler',
    async (name) => {
      const client = await authenticatedRaw(await startApp({ providers }));
      expect(await client.requestWithId(name)).toHaveProperty('error.code', 'UNKNOWN_HANDLER');
    },
  );

  it.each([0, -1, 2 ** 53 - 1, 'a', 'x'.repeat(64), '"\\ ♞'])(
    'R4.4: takes and echoes the id %p',
    async (id) => {
      const client = await authenticatedRaw(await startApp({ providers }));
      expect(await client.requestWithId('echo', 'x', id)).toEqual({
        request: 'echo',
        id,
        response: 'x',
      });
    },
  );

  it('R4.4: keeps ids of the two directions apart', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    const answer = app.server.request(id!, 'status', 'asked');
    const ask = await client.next();
    // The same id as the ask, which is still open.
    expect(await client.requestWithId('echo', 'own', ask.id)).toMatchObject({ response: 'own' });
    client.sendMessage({ request: 'status', id: ask.id, response: 'answered' });
    expect(await answer).toBe('answered');
  });

  it('R4.5: ignores keys that it does not know', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'echo', data: 1, colour: 'blue', version: { a: 1 } });
    expect(await client.next()).toEqual({ request: 'echo', response: 1 });
  });
});

describe('PROTOCOL.md, 5.1 auth', () => {
  it('echoes the id of the auth, so that the client knows that ids are echoed', async () => {
    const client = await connectRaw(await startApp());
    client.sendMessage({ request: 'auth', id: 0, data: { authKey: AUTH_KEY } });
    expect(await client.next()).toEqual({
      request: 'auth',
      id: 0,
      response: 'success',
      sessionKey: expect.any(String),
    });
  });

  it('R5.1: closes a refused auth with 4401 and does not answer it', async () => {
    const client = await connectRaw(await startApp());
    client.sendMessage({ request: 'auth', id: 1, data: { authKey: 'another-shared-key' } });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(client.received.unread).toEqual([]);
  });

  it('R5.2: lets later messages wait, in order, while an auth is being decided', async () => {
    const deciding = deferred<string>();
    const asked = deferred();

    @SkipAuth()
    @SocketHandler('auth')
    class PatientAuthHandler {
      server() {
        asked.resolve();
        return deciding.promise;
      }
    }

    const app = await startApp({ providers, auth: PatientAuthHandler });
    const client = await connectRaw(app);
    client.sendMessage({ request: 'auth', data: {} });
    for (const data of [1, 2, 3]) client.sendMessage({ request: 'record', data });
    await asked.promise;
    expect(app.app.get(RecordHandler).calls).toEqual([]);
    deciding.resolve('success');
    for (let count = 0; count < 3; count++) {
      await client.nextMatching(({ request }) => request === 'record');
    }
    expect(app.app.get(RecordHandler).calls).toEqual([1, 2, 3]);
  });

  it('R5.2: runs nothing of what waited when the auth is refused', async () => {
    const app = await startApp({ providers });
    const client = await connectRaw(app);
    client.sendMessage({ request: 'auth', data: { authKey: 'another-shared-key' } });
    client.sendMessage({ request: 'record', data: 1 });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it('R5.3: closes with 4403 on a second auth', async () => {
    const client = await authenticatedRaw(await startApp());
    client.sendMessage({ request: 'auth', data: { authKey: AUTH_KEY } });
    expect((await client.untilClosed()).code).toBe(4403);
    expect(client.received.unread).toEqual([]);
  });
});

describe('PROTOCOL.md, 5.1 requests', () => {
  it('R5.4: closes with 4401 on a request before auth, and runs no handler', async () => {
    const app = await startApp({ providers });
    const client = await connectRaw(app);
    client.sendMessage({ request: 'record', id: 1 });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(client.received.unread).toEqual([]);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it('R5.4: does not tell who has not authenticated which handlers there are', async () => {
    const client = await connectRaw(await startApp({ providers }));
    client.sendMessage({ request: 'nobody', id: 1 });
    expect((await client.untilClosed()).code).toBe(4401);
    expect(client.received.unread).toEqual([]);
  });

  it('R5.4: answers before auth what is open to everyone', async () => {
    const client = await connectRaw(await startApp({ providers }));
    expect(await client.requestWithId('version')).toMatchObject({ response: '1.2.0' });
  });

  it('R5.5: does not answer nothing without an id', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    client.sendMessage({ request: 'quiet', data: 1 });
    client.sendMessage({ request: 'echo', data: null });
    expect(await client.request('record', 2)).toMatchObject({ response: 'recorded' });
    expect(client.received.unread).toEqual([]);
    expect(app.app.get(QuietHandler).calls).toEqual([1]);
  });

  it('R5.5: answers null for nothing with an id', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    const nothing = { request: 'quiet', id: 5, response: null };
    expect(await client.requestWithId('quiet', 1, 5)).toEqual(nothing);
  });

  it.each([0, '', false, [], {}])('R5.5: answers %p, which is not nothing', async (value) => {
    const client = await authenticatedRaw(await startApp({ providers }));
    expect(await client.request('echo', value)).toEqual({ request: 'echo', response: value });
  });

  it('R5.6: echoes the id in replies, errors and streams, and none that was not there', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'echo', data: 1 });
    expect(await client.next()).not.toHaveProperty('id');
    client.sendMessage({ request: 'throwsError' });
    expect(await client.next()).not.toHaveProperty('id');
    client.sendMessage({ request: 'throwsError', id: 'e' });
    expect(await client.next()).toMatchObject({ id: 'e', error: { code: 'INTERNAL' } });
    client.sendMessage({ request: 'countTo', id: 's', data: 1, stream: true });
    expect(await client.next()).toEqual({ request: 'countTo', id: 's', item: 1 });
    expect(await client.next()).toEqual({ request: 'countTo', id: 's', done: true });
  });

  it('gives who did not ask for a stream the last value of many', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    expect(await client.request('countTo', 5)).toEqual({ request: 'countTo', response: 5 });
    expect(await client.requestWithId('countTo', 5, 1)).toMatchObject({ id: 1, response: 5 });
    // `stream` needs an id.
    client.sendMessage({ request: 'countTo', data: 3, stream: true });
    expect(await client.next()).toEqual({ request: 'countTo', response: 3 });
  });

  it('R5.7: stops the source of a cancelled stream, and sends nothing more for it', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    client.sendMessage({ request: 'count', id: 8, stream: true });
    await client.next();
    const stopped = firstValueFrom(app.app.get(StreamHandlers).stopped$);
    client.sendMessage({ request: 'count', id: 8, cancel: true });
    expect(await stopped).toBe(1);
    await client.request('echo', 'after');
    await client.roundTrip();
    const { unread } = client.received;
    expect(unread.some(({ done, error }) => done ?? error)).toBe(false);
    const items = unread.length;
    await client.request('echo', 'once more');
    expect(client.received.unread).toHaveLength(items);
  });

  it('R5.7: ignores the cancellation of an unknown id', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'count', id: 99, cancel: true });
    expect(await client.request('echo', 1)).toMatchObject({ response: 1 });
    expect(client.received.unread).toEqual([]);
  });

  it('R5.8: ignores answers that it is not waiting for', async () => {
    const app = await startApp({ providers });
    const client = await authenticatedRaw(app);
    client.sendMessage({ request: 'record', id: 99, response: 1 });
    client.sendMessage({ request: 'record', id: 'x', error: { code: 'A', message: 'b' } });
    expect(await client.request('echo', 1)).toMatchObject({ response: 1 });
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it.each([{ response: 1 }, { error: { code: 'A', message: 'b' } }])(
    'R5.8: closes with 4400 on %j without an id',
    async (answer) => {
      const client = await authenticatedRaw(await startApp({ providers }));
      client.sendMessage({ request: 'record', ...answer });
      expect((await client.untilClosed()).code).toBe(4400);
    },
  );

  it('R5.9: answers every heartBeat', async () => {
    const client = await authenticatedRaw(await startApp());
    for (let count = 0; count < 3; count++) {
      expect(await client.request('heartBeat')).toEqual({ request: 'heartBeat', response: true });
    }
  });

  it('R5.9: closes with 4401 on a heartBeat before auth', async () => {
    const client = await connectRaw(await startApp());
    client.sendMessage({ request: 'heartBeat' });
    expect((await client.untilClosed()).code).toBe(4401);
  });
});

describe('PROTOCOL.md, 5.2 server to client', () => {
  it.each(['data', 'response'] as const)(
    'R5.10: pushes in %s where so configured',
    async (field) => {
      const app = await startApp({ options: { pushField: field } });
      const client = await authenticatedRaw(app);
      app.server.broadcast('announcement', { msg: 'hi' });
      expect(await client.next()).toEqual({ request: 'announcement', [field]: { msg: 'hi' } });
    },
  );

  it('R5.11: sends the items in order and then done, and nothing after it', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'countTo', id: 1, data: 3, stream: true });
    for (const item of [1, 2, 3]) {
      expect(await client.next()).toEqual({ request: 'countTo', id: 1, item });
    }
    expect(await client.next()).toEqual({ request: 'countTo', id: 1, done: true });
    await client.request('echo', 1);
    expect(client.received.unread).toEqual([]);
  });

  it('R5.11: ends a stream that breaks with an error, and nothing after it', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'breaks', id: 1, stream: true });
    expect(await client.next()).toEqual({ request: 'breaks', id: 1, item: 1 });
    expect(await client.next()).toEqual({
      request: 'breaks',
      id: 1,
      error: { code: 'BROKEN', message: 'The source broke' },
    });
    await client.request('echo', 1);
    expect(client.received.unread).toEqual([]);
  });

  it('R5.11: makes of a single value one item and done', async () => {
    const client = await authenticatedRaw(await startApp({ providers }));
    client.sendMessage({ request: 'echo', id: 1, data: 'x', stream: true });
    expect(await client.next()).toEqual({ request: 'echo', id: 1, item: 'x' });
    expect(await client.next()).toEqual({ request: 'echo', id: 1, done: true });
  });

  it('R5.12: asks in data, whatever pushField says', async () => {
    const app = await startApp({ options: { pushField: 'response' } });
    const client = await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    const answer = app.server.request(id!, 'status', { verbose: true });
    const ask = await client.next();
    expect(ask).toEqual({ request: 'status', id: ask.id, data: { verbose: true } });
    client.sendMessage({ request: 'status', id: ask.id, response: { idle: true } });
    expect(await answer).toEqual({ idle: true });
  });

  it('R5.12: gives up on a client that does not answer', async () => {
    const app = await startApp();
    await authenticatedRaw(app);
    const [id] = app.server.clientMap.keys();
    const answer = app.server.request(id!, 'status', null, { timeout: 20 });
    await expect(answer).rejects.toHaveProperty('code', 'REQUEST_TIMEOUT');
  });
});

describe('PROTOCOL.md, 6 Errors in replies', () => {
  it.each([
    ['throwsError', { code: 'INTERNAL', message: 'Internal error' }],
    ['throwsWsException', { code: 'GAME_OVER', message: 'It is over', details: { winner: 'w' } }],
    ['rejects', { code: 'WS_EXCEPTION', message: 'rejected' }],
    ['nobody', { code: 'UNKNOWN_HANDLER', message: 'No handler named nobody' }],
  ])('answers %s with its error, and the connection goes on', async (name, error) => {
    const client = await authenticatedRaw(await startApp({ providers }));
    expect(await client.requestWithId(name, null, 1)).toEqual({ request: name, id: 1, error });
    expect(await client.request(name)).toEqual({ request: name, error });
    expect(await client.request('echo', 1)).toMatchObject({ response: 1 });
  });
});
