import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { Observable } from 'rxjs';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { deferred } from '../fixtures/deferred.js';
import { EchoHandler } from '../fixtures/handlers.js';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeApps();
});

const CONNECTIONS = 100;
const REQUESTS_EACH = 100;

/** Holds every request until all that one connection may have in flight are there. */
@SocketHandler('gather')
class GatherHandler {
  private readonly gates = new Map<number, { count: number; open: ReturnType<typeof deferred> }>();

  async server(data: number, { id }: ConnectedClient): Promise<object> {
    const gate = this.gates.get(id) ?? { count: 0, open: deferred<unknown>() };
    this.gates.set(id, gate);
    if (++gate.count === REQUESTS_EACH) gate.open.resolve(undefined);
    await gate.open.promise;
    return { data, id };
  }
}

@SocketHandler('throws')
class ThrowingHandler {
  server(how: string): never {
    if (how === 'expected') throw new WsException({ code: 'EXPECTED', message: 'as told' });
    throw new Error('a secret of the server');
  }
}

/** A source that counts what it gave, and tells when it is stopped. */
@SocketHandler('ticks')
class TicksHandler {
  given = 0;
  readonly stopped = deferred<number>();

  server(): Observable<number> {
    return new Observable<number>((subscriber) => {
      const timer = setInterval(() => subscriber.next(++this.given), 1);
      return () => {
        clearInterval(timer);
        this.stopped.resolve(this.given);
      };
    });
  }
}

describe('10,000 requests in flight at once over 100 connections', () => {
  it('all get their own reply', async () => {
    const sockets = await startApp({
      providers: [GatherHandler],
      options: { maxHandlersInFlight: REQUESTS_EACH },
    });
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => sockets.connect()));
    const numbers = Array.from({ length: REQUESTS_EACH }, (_, index) => index);
    const replies = await Promise.all(
      clients.map((client) =>
        Promise.all(numbers.map((n) => client.request<{ data: number; id: number }>('gather', n))),
      ),
    );
    expect(replies.map((own) => own.map(({ data }) => data))).toEqual(clients.map(() => numbers));
    const ids = replies.map((own) => new Set(own.map(({ id }) => id)));
    expect(ids.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(ids.flatMap((own) => [...own])).size).toBe(CONNECTIONS);
  });
});

describe('1,000 asks at once in each direction', () => {
  it('all get their own answer', async () => {
    const sockets = await startApp({ providers: [EchoHandler] });
    const client = await sockets.connect();
    client.on('double', (n: number) => n * 2);
    const [id] = sockets.server.clientMap.keys();
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const [asked, requested] = await Promise.all([
      Promise.all(numbers.map((n) => sockets.server.request<number>(id!, 'double', n))),
      Promise.all(numbers.map((n) => client.request('echo', n))),
    ]);
    expect(asked).toEqual(numbers.map((n) => n * 2));
    expect(requested).toEqual(numbers);
  });
});

describe('A handler that throws 10,000 times', () => {
  it.each([
    ['expected', 'EXPECTED', 0],
    ['unexpected', 'INTERNAL', 5],
  ])(
    'closes nothing, holds up nobody, and does not flood the log (%s)',
    async (how, code, lines) => {
      const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
      const sockets = await startApp({ providers: [ThrowingHandler, EchoHandler] });
      const [failing, other] = await Promise.all([sockets.connect(), sockets.connect()]);
      let failed = 0;
      const failures = Array.from({ length: 10_000 }, () =>
        failing.request('throws', how).catch((error: { code: string }) => {
          failed++;
          return error.code;
        }),
      );
      expect(await other.request('echo', 'meanwhile')).toBe('meanwhile');
      expect(failed).toBeLessThan(10_000);
      expect(new Set(await Promise.all(failures))).toEqual(new Set([code]));
      expect(failing.state).toBe('connected');
      expect(sockets.server.stats().handlerErrors).toBe(10_000);
      expect(log.mock.calls.length).toBe(lines);
    },
  );

  it('tells the log the handler, the client and the stack, and the peer nothing', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const sockets = await startApp({ providers: [ThrowingHandler] });
    const client = await sockets.connect();
    await expect(client.request('throws')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'Internal error',
      details: undefined,
    });
    const [id] = sockets.server.clientMap.keys();
    expect(log).toHaveBeenCalledTimes(1);
    expect(String(log.mock.calls[0]![0])).toMatch(
      new RegExp(`^ThrowingHandler failed for client ${id}: Error: a secret of the server\\n +at `),
    );
  });
});

describe('A stream', () => {
  it.each([
    ['the consumer leaves the loop', 'leave'],
    ['its signal fires', 'abort'],
    ['the connection goes', 'disconnect'],
  ])('stops its source when %s', async (_why, how) => {
    const sockets = await startApp({ providers: [TicksHandler, EchoHandler] });
    const client = await sockets.connect();
    const stop = new AbortController();
    const stream = client.stream<number>('ticks', undefined, { signal: stop.signal });
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    if (how === 'leave') await stream.return?.();
    if (how === 'abort') stop.abort();
    if (how === 'disconnect') client.close();
    const source = sockets.app.get(TicksHandler);
    const given = await source.stopped.promise;
    // A turn of the event loop later it has given nothing more.
    const other = await sockets.connect();
    await other.request('echo', 1);
    expect(source.given).toBe(given);
  });

  it('leaves nothing behind after its connection was cut', async () => {
    const sockets = await startApp({ providers: [TicksHandler, GatherHandler] });
    const faults = await sockets.faults();
    const client = await sockets.connect({ through: faults });
    const stream = client.stream('ticks');
    await stream.next();
    const pending = client.request('gather', 1).catch((error: { code: string }) => error.code);
    const [id] = sockets.server.clientMap.keys();
    const ask = sockets.server
      .request(id!, 'nothing')
      .catch((error: { code: string }) => error.code);
    const gone = once(client.events, 'disconnect');
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    faults.cutAll();
    await gone;
    expect(await pending).toBe('CONNECTION_LOST');
    expect(await ask).toMatch(/CONNECTION_LOST|UNKNOWN_HANDLER/);
    await sockets.app.get(TicksHandler).stopped.promise;
    const left = timers();
    expect(sockets.server.clientMap.size).toBe(0);
    // The heartbeat of the server, and at most the timers of Jest itself.
    expect(left).toBeLessThanOrEqual(3);
  });
});
