import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Scope, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SocketClientModule, SocketHandler, SocketServer, SocketsModule } from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useApps } from '../fixtures/apps.js';
import { useLog } from '../fixtures/log.js';

let made = 0;

@Injectable()
class Counter {
  readonly number = ++made;
}

@SocketHandler('transient')
@Injectable({ scope: Scope.TRANSIENT })
class TransientHandler {
  private calls = 0;

  constructor(private readonly counter: Counter) {}

  server() {
    return { calls: ++this.calls, injected: this.counter instanceof Counter };
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientService {
  private calls = 0;

  @SocketHandler('method')
  method() {
    return { calls: ++this.calls };
  }
}

@WebSocketGateway()
class PlainGateway {
  readonly own = 'gateway';

  @SubscribeMessage('event')
  event() {
    return this.own;
  }
}

@SocketHandler('transientHook')
@Injectable({ scope: Scope.TRANSIENT })
class TransientHook {
  private calls = 0;

  constructor(private readonly counter: Counter) {}

  client() {
    return { calls: ++this.calls, injected: this.counter instanceof Counter };
  }
}

@SocketHandler('requestHook')
@Injectable({ scope: Scope.REQUEST })
class RequestHook {
  private calls = 0;

  constructor(@Inject(REQUEST) private readonly message: { data: unknown; request: string }) {}

  client(data: unknown) {
    const { request } = this.message;
    return { calls: ++this.calls, same: this.message.data === data, request };
  }
}

const startApp = useApps();
useLog();

describe('A transient handler', () => {
  it('is one instance, which Nest has made with what it depends on', async () => {
    const app = await startApp({ providers: [Counter, TransientHandler, TransientService] });
    const client = await app.connect();

    expect(await client.request('transient')).toEqual({ calls: 1, injected: true });
    expect(await client.request('transient')).toEqual({ calls: 2, injected: true });
    expect(await client.request('method')).toEqual({ calls: 1 });
    expect(await client.request('method')).toEqual({ calls: 2 });
  });
});

describe('A client() hook', () => {
  async function connectHooks(...hooks: Type[]) {
    const app = await startApp({ providers: [PlainGateway] });
    const options = { address: app.address, authKey: AUTH_KEY, reconnect: false as const };
    const { Test } = await import('@nestjs/testing');
    const module = await Test.createTestingModule({
      imports: [SocketClientModule.forRoot(options)],
      providers: [Counter, ...hooks],
    }).compile();
    const worker = module.createNestApplication({ logger: false });
    await worker.init();
    const [id] = [...app.server.clientMap.keys()];
    const ask = (name: string, data: unknown) => app.server.request(id!, name, data);
    return { ask, worker };
  }

  it('that is transient is one instance, which Nest has made', async () => {
    const { ask, worker } = await connectHooks(TransientHook);

    expect(await ask('transientHook', 1)).toEqual({ calls: 1, injected: true });
    expect(await ask('transientHook', 1)).toEqual({ calls: 2, injected: true });
    await worker.close();
  });

  it('that is request-scoped is made anew for each message, which REQUEST injects', async () => {
    const { ask, worker } = await connectHooks(RequestHook);
    const expected = { calls: 1, same: true, request: 'requestHook' };

    expect(await ask('requestHook', { a: 1 })).toEqual(expected);
    expect(await ask('requestHook', { a: 2 })).toEqual(expected);
    await worker.close();
  });
});

describe('A class that hides its own method', () => {
  @SocketHandler('shadowed')
  class ShadowedHandler {
    constructor(readonly server: SocketServer) {}
  }
  Object.defineProperty(ShadowedHandler.prototype, 'server', {
    value: () => 'hidden',
    configurable: true,
    writable: true,
  });

  class ShadowedService {
    constructor() {
      Object.defineProperty(this, 'method', { value: null });
    }

    @SocketHandler()
    method() {
      return 'hidden';
    }
  }

  it.each([
    ['ShadowedHandler', 'server', ShadowedHandler],
    ['ShadowedService', 'method', ShadowedService],
  ])('stops the startup, with the class and what to do: %s.%s', async (name, method, type) => {
    await expect(startApp({ providers: [type] })).rejects.toMatchObject({
      code: 'SHADOWED_METHOD',
      message: expect.stringMatching(
        new RegExp(`${name} has a property "${method}".*Rename the property`),
      ) as unknown,
    });
  });
});

describe('SocketsModule.forRoot() twice', () => {
  it('stops the startup, and says so', async () => {
    const imports = [SocketsModule.forRoot({ authKey: AUTH_KEY, port: 0 })];

    await expect(startApp({ imports })).rejects.toMatchObject({ code: 'DUPLICATE_MODULE' });
  });
});
