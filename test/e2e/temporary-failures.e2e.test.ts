import { Injectable, UnauthorizedException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { describe, expect, it } from '@jest/globals';
import {
  SkipAuth,
  SocketClient,
  SocketHandler,
  type ConnectionGuard,
  type SocketsError,
} from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { connectRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useLog } from '../fixtures/log.js';
import { askForUpgrade } from '../fixtures/upgrade.js';

const startApp = useApps();
const cleanUp = useCleanUp();
const log = useLog();

/** The database behind a handler or a guard. */
@Injectable()
class Database {
  failure: Error | undefined = new Error('the database is down');

  read(): true {
    if (this.failure !== undefined) throw this.failure;
    return true;
  }
}

@SkipAuth()
@SocketHandler('auth')
class DatabaseAuthHandler {
  constructor(private readonly database: Database) {}

  async server() {
    return this.database.read();
  }
}

@Injectable()
class DatabaseGuard implements ConnectionGuard {
  constructor(private readonly database: Database) {}

  async canConnect() {
    return this.database.read();
  }
}

/** A client, and why its attempts failed so far. */
function comingBack({ port }: SocketsTestApp) {
  const address = `ws://127.0.0.1:${port}`;
  const reconnect = { baseDelay: 10, maxDelay: 10 };
  const client = new SocketClient({ address, authKey: AUTH_KEY, reconnect });
  cleanUp(() => client.close());
  return client;
}

describe('an auth handler that fails unexpectedly', () => {
  it('closes with 1011, is logged, and is no failed authentication', async () => {
    const options = { maxAuthFailuresPerMinute: 1 };
    const app = await startApp({ auth: DatabaseAuthHandler, providers: [Database], options });
    for (let count = 0; count < 3; count++) {
      const peer = await connectRaw(app);
      await expect(peer.authenticate()).rejects.toHaveProperty('code', 1011);
    }
    expect(app.server.stats().refused).toEqual({ authFailed: 3 });
    expect(log.matching(/DatabaseAuthHandler.* failed .*the database is down/)).toHaveLength(3);
  });

  it('is tried again by clients, which are in when it works', async () => {
    const app = await startApp({ auth: DatabaseAuthHandler, providers: [Database] });
    const client = comingBack(app);
    const errors: Error[] = [];
    client.events.on('reconnecting', ({ error }) => {
      errors.push(error);
      app.app.get(Database).failure = undefined;
    });
    await client.connect();
    expect(errors).toEqual([expect.objectContaining({ code: 'CONNECTION_LOST' })]);
    expect(errors[0]!.message).toContain('1011');
  });

  it.each([
    ['a WsException', new WsException('wrong key')],
    ['an UnauthorizedException', new UnauthorizedException()],
  ])('is not one that refuses with %s', async (_what, failure) => {
    const app = await startApp({ auth: DatabaseAuthHandler, providers: [Database] });
    app.app.get(Database).failure = failure;
    const refused = await comingBack(app)
      .connect()
      .catch((error: SocketsError) => error.code);
    expect(refused).toBe('AUTH_REJECTED');
  });

  it('counts as a failed authentication without encryption, where everybody comes so far', async () => {
    const options = { maxAuthFailuresPerMinute: 1, encryption: false, authTimeout: 300 };
    const app = await startApp({ auth: DatabaseAuthHandler, providers: [Database], options });
    const first = await connectRaw(app);
    await expect(first.authenticate()).rejects.toHaveProperty('code', 1011);
    const second = await connectRaw(app);
    await expect(second.authenticate()).rejects.toHaveProperty('code', 4408);
  });
});

describe('a connection guard that fails', () => {
  it('is tried again by clients, which are in when it works', async () => {
    const options = { connectionGuard: DatabaseGuard };
    const app = await startApp({ providers: [Database, DatabaseGuard], options });
    const client = comingBack(app);
    const errors: Error[] = [];
    client.events.on('reconnecting', ({ error }) => {
      errors.push(error);
      app.app.get(Database).failure = undefined;
    });
    await client.connect();
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('503')]);
  });

  const hostile = {
    get message(): string {
      throw new Error('no message');
    },
  };

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'yes'],
    ['a status of its own', () => ({ status: 200 })],
    ['a status that is none', () => ({ status: '403 Forbidden\r\nSet-Cookie: a=b' })],
    ['a message that is no text', () => ({ status: 403, message: Symbol('no') })],
    ['a message that throws', () => Object.create(hostile, { status: { value: 403 } }) as object],
    ['a proxy that throws', () => new Proxy({}, { get: () => hostile.message })],
  ])('by answering %s refuses with 503, and the server goes on', async (_what, answer) => {
    class OddGuard implements ConnectionGuard {
      canConnect({ query }: { query: URLSearchParams }): boolean {
        return query.has('good') ? true : (answer() as boolean);
      }
    }
    const { port } = await startApp({ options: { connectionGuard: OddGuard } });
    expect((await askForUpgrade(port)).status).toBe(503);
    expect((await askForUpgrade(port, { path: '/?good' })).status).toBe(101);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a symbol', Symbol('no')],
    ['an error without a message', Object.assign(new Error('x'), { message: undefined })],
    ['what cannot be described', new Proxy({}, { get: () => hostile.message })],
  ])('by throwing %s refuses with 503, and the server goes on', async (_what, thrown) => {
    class ThrowingGuard implements ConnectionGuard {
      canConnect({ query }: { query: URLSearchParams }): boolean {
        if (query.has('good')) return true;
        // oxlint-disable-next-line typescript/only-throw-error
        throw thrown;
      }
    }
    const { port } = await startApp({ options: { connectionGuard: ThrowingGuard } });
    expect((await askForUpgrade(port)).status).toBe(503);
    expect((await askForUpgrade(port, { path: '/?good' })).status).toBe(101);
  });
});
