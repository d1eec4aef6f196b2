import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SocketHandler } from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { TestProcess } from '../helpers/child-process.js';
import { RawClient } from '../helpers/raw-client.js';

afterEach(closeApps);

describe('nestjs-cls', () => {
  let seen: Record<string, unknown[]>;
  beforeAll(async () => {
    const app = TestProcess.start(new URL('../fixtures/enhancers/cls-app.ts', import.meta.url));
    seen = await app.nextJson('what each message saw');
    await app.untilEnded();
  });

  it.each([
    ['with the interceptor', 'interceptor'],
    ['with the interceptor, where messages wait for a free handler', 'interceptorOneByOne'],
    ['with the interceptor mounted for the app', 'mountedInterceptor'],
  ])('%s gives each message a store of its own', (_how, name) => {
    const replies = ['a', 'b', 'c', 'd'].map((tag) => ({ before: 'nothing', after: tag }));
    // Three kinds of handler, two clients, asked twice.
    expect(seen[name]).toEqual(Array.from({ length: 3 * 2 * 2 }, () => replies).flat());
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

const storage = new AsyncLocalStorage<string>();

@Injectable()
class EnteringGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    storage.enterWith(context.switchToWs().getData<string>());
    return true;
  }
}

@Injectable()
class EnteringHandlers {
  @UseGuards(EnteringGuard)
  @SocketHandler('guarded')
  async guarded(): Promise<string | undefined> {
    await turn();
    return storage.getStore();
  }

  /** Enters its context by itself, with nothing around it that could keep it apart. */
  @SocketHandler('enter')
  enter(tag: string): string {
    const before = storage.getStore() ?? 'nothing';
    storage.enterWith(tag);
    return before;
  }

  @SocketHandler('look')
  look(): string {
    return storage.getStore() ?? 'nothing';
  }
}

describe('A store that was entered for one message', () => {
  it('holds through its handler, and is not seen by others of the same TCP chunk', async () => {
    const { port } = await startApp({ providers: [EnteringHandlers] });
    const client = await RawClient.connect({ port, authKey: AUTH_KEY });
    await client.authenticate();
    client.socket.cork();
    const guarded = ['a', 'b'].map((tag) => client.requestWithId('guarded', tag));
    const look = client.requestWithId('look');
    client.socket.uncork();
    expect((await Promise.all(guarded)).map(({ response }) => response)).toEqual(['a', 'b']);
    expect((await look).response).toBe('nothing');
  });

  it('is not seen by later messages, even if the handler entered it by itself', async () => {
    const sockets = await startApp({ providers: [EnteringHandlers] });
    const [client, other] = await Promise.all([sockets.connect(), sockets.connect()]);
    expect(await Promise.all(['a', 'b'].map((tag) => client.request('enter', tag)))).toEqual([
      'nothing',
      'nothing',
    ]);
    expect(await client.request('look')).toBe('nothing');
    expect(await other.request('look')).toBe('nothing');
  });
});
