import { describe, expect, it } from '@jest/globals';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;

function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

const UNSENDABLE: [string, () => unknown][] = [
  ['a cycle', () => cycle],
  ['a BigInt', () => ({ id: 10n })],
  ['a toJSON that throws', () => ({ toJSON: () => JSON.parse('{') as unknown })],
  [
    'a getter that throws',
    () => ({
      get id() {
        return JSON.parse('{') as unknown;
      },
    }),
  ],
  ['64 levels, which the message makes 65', () => deep(64)],
  ['10,000 levels', () => deep(10_000)],
  [
    '64 levels among many shallow ones',
    () => [...Array.from({ length: 100 }, () => deep(2)), deep(63)],
  ],
  [
    '64 levels that toJSON makes',
    () => ({ rows: Array.from({ length: 20 }, () => ({ toJSON: () => deep(62) })) }),
  ],
  ['a key __proto__', () => JSON.parse('{ "__proto__": { "admin": true } }') as unknown],
  ['a key constructor.prototype', () => ({ constructor: { prototype: { admin: true } } })],
];

const SENDABLE: [string, unknown][] = [
  ['63 levels', deep(63)],
  ['a word __proto__', { text: 'the key "__proto__": {} and "constructor": { "prototype"' }],
  ['a key constructor', { constructor: 'Ferrari' }],
  ['a key that ends like __proto__', { 'a"__proto__': 1 }],
  ['many dates', Array.from({ length: 50 }, () => new Date(0))],
];

const INVALID = { name: 'SocketsError', code: 'INVALID_MESSAGE' };

class Handlers {
  make: () => unknown = () => 'nothing';

  @SocketHandler()
  reply() {
    return this.make();
  }

  @SocketHandler()
  async *stream() {
    yield 1;
    yield this.make();
  }

  @SocketHandler()
  push(_data: unknown, client: ConnectedClient) {
    return client.send({ request: 'news', data: this.make() });
  }
}

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('event')
  event() {
    return { event: 'news', data: cycle };
  }
}

const startApp = useApps();
const log = useLog();

async function start() {
  const app = await startApp({ providers: [Handlers, EchoHandler, Gateway] });
  const handlers = app.app.get(Handlers);
  const [client, other] = [await app.connect(), await app.connect()];
  return { ...app, server: app.server, handlers, client, other };
}

type Started = Awaited<ReturnType<typeof start>>;

async function expectAllServed({ client, other }: Started): Promise<void> {
  expect(await client.request('echo', 1)).toBe(1);
  expect(await other.request('echo', 2)).toBe(2);
}

describe('What no receiver would take is refused to who sends it', () => {
  it('whatever is wrong with it, and nobody loses the connection', async () => {
    const app = await start();
    const { client, server, handlers } = app;
    const id = [...server.clientMap.keys()][0]!;
    for (const [, make] of UNSENDABLE) {
      const data = make();
      expect(() => server.broadcast('news', data)).toThrow(expect.objectContaining(INVALID));
      expect(() => server.sendTo(id, 'news', data)).toThrow(expect.objectContaining(INVALID));
      expect(() => client.send({ request: 'echo', data })).toThrow(
        expect.objectContaining(INVALID),
      );
      expect(() => client.stream('echo', data)).toThrow(expect.objectContaining(INVALID));
      await expect(client.request('echo', data)).rejects.toMatchObject(INVALID);
      await expect(server.request(id, 'news', data)).rejects.toMatchObject(INVALID);
      handlers.make = make;
      await expect(client.request('reply')).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(client.request('push')).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(client.request('stream')).rejects.toMatchObject({ code: 'INTERNAL' });
      const stream = client.stream('stream');
      expect(await stream.next()).toMatchObject({ value: 1 });
      await expect(stream.next()).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    await expect(client.request('event')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(
      log.matching(/Handlers\.reply\(\) failed for client \d+: SocketsError: The data of "reply"/),
    ).not.toEqual([]);
    await expectAllServed(app);
  });

  it.each(SENDABLE)('but not %s', async (_what, data) => {
    const app = await start();
    const news = app.other.nextPush('news');

    expect(app.server.broadcast('news', data)).toBe(2);
    expect(await news).toEqual(JSON.parse(JSON.stringify(data)));
    expect(await app.client.request('echo', data)).toEqual(JSON.parse(JSON.stringify(data)));
  });

  it('with the cause, where there is one', async () => {
    const { client } = await start();

    await expect(client.request('echo', cycle)).rejects.toMatchObject({
      cause: expect.any(TypeError) as unknown,
    });
  });

  it('also when a hook answers with it', async () => {
    const app = await start();
    const { client, server } = app;
    const id = [...server.clientMap.keys()][0]!;
    client.on('status', () => deep(64));

    const failures: unknown[] = [];
    client.events.on('hookFailed', ({ error }) => failures.push(error));
    await expect(server.request(id, 'status')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(failures).toMatchObject([INVALID]);
    await expectAllServed(app);
  });

  it.each<[string, unknown]>([
    ['a text with a blank', 'no name'],
    ['nothing', undefined],
    ['a BigInt', 10n],
    ['a symbol', Symbol('name')],
    ['a cycle', cycle],
  ])('a name that is %s', async (_what, name) => {
    const { client, server, ...app } = await start();
    const request = name as string;

    expect(() => client.send({ request })).toThrow(expect.objectContaining(INVALID));
    expect(() => client.stream(request)).toThrow(expect.objectContaining(INVALID));
    expect(() => client.on(request, () => 1)).toThrow(expect.objectContaining(INVALID));
    expect(() => server.broadcast(request, 1)).toThrow(expect.objectContaining(INVALID));
    await expect(client.request(request)).rejects.toMatchObject(INVALID);
    await expect(server.request(1, request)).rejects.toMatchObject(INVALID);
    await expectAllServed({ client, server, ...app });
  });

  it.each([2 ** 31, -1, Number.NaN, '5', null])('a timeout of %p', async (timeout) => {
    const { client, server, ...app } = await start();
    const id = [...server.clientMap.keys()][0]!;
    const options = { timeout: timeout as number };
    const expected = {
      code: 'INVALID_OPTION',
      message: expect.stringContaining('"timeout"') as unknown,
    };

    await expect(client.request('echo', 1, options)).rejects.toMatchObject(expected);
    await expect(server.request(id, 'news', 1, options)).rejects.toMatchObject(expected);
    await expectAllServed({ client, server, ...app });
  });

  it.each([{}, 'abort', null])('a signal that is %p', async (signal) => {
    const { client, server } = await start();
    const id = [...server.clientMap.keys()][0]!;
    const options = { signal: signal as AbortSignal };
    const expected = {
      code: 'INVALID_OPTION',
      message: expect.stringContaining('"signal"') as unknown,
    };

    await expect(client.request('echo', 1, options)).rejects.toMatchObject(expected);
    await expect(server.request(id, 'news', 1, options)).rejects.toMatchObject(expected);
    expect(() => client.stream('echo', 1, options)).toThrow(expect.objectContaining(expected));
  });
});

describe('What the framework sends by itself', () => {
  it.each(['heartBeat', 'auth'])('is not sent by users: %s is refused at once', async (name) => {
    const app = await startApp();
    const client = await app.connect();
    const refused = { code: 'INVALID_MESSAGE' };
    await expect(client.request(name)).rejects.toMatchObject(refused);
    expect(() => client.send({ request: name })).toThrow(expect.objectContaining(refused));
    expect(() => client.stream(name)).toThrow(expect.objectContaining(refused));
    expect(client.state).toBe('connected');
  });

  it('is not sent by the server: heartBeat is refused at once', async () => {
    const app = await startApp();
    await app.connect();
    const [id] = app.server.clientMap.keys();
    const refused = { code: 'INVALID_MESSAGE' };
    await expect(app.server.request(id!, 'heartBeat')).rejects.toMatchObject(refused);
    expect(() => app.server.broadcast('heartBeat')).toThrow(expect.objectContaining(refused));
  });
});
