import { once, type EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Injectable,
  UseFilters,
  UseInterceptors,
  type ExceptionFilter,
  type NestInterceptor,
} from '@nestjs/common';
import {
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { firstValueFrom, Observable, throwError } from 'rxjs';
import {
  SkipAuth,
  SocketHandler,
  type ConnectionGuard,
  type OnSocketAuthenticated,
  type OnSocketDisconnect,
} from '../../src/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { connectRaw } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { HOSTILE_VALUES } from '../fixtures/hostile-values.js';
import { useLog } from '../fixtures/log.js';

useLog();
afterEach(closeApps);

const NAMES = Object.keys(HOSTILE_VALUES);

/** Throws what is named. */
function hurl(name: unknown): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw HOSTILE_VALUES[name as string]!();
}

@SocketHandler('throws')
class ThrowingHandler {
  server(name: string): never {
    hurl(name);
  }
}

@SocketHandler('rejects')
class RejectingHandler {
  async server(name: string): Promise<never> {
    return hurl(name);
  }
}

@SocketHandler('returns')
class ReturningHandler {
  server(name: string): unknown {
    return HOSTILE_VALUES[name]!();
  }
}

@SocketHandler('yields')
class YieldingHandler {
  async *server(name: string) {
    yield 1;
    hurl(name);
  }
}

@SocketHandler('observes')
class ObservingHandler {
  server(name: string): Observable<never> {
    return throwError(() => HOSTILE_VALUES[name]!());
  }
}

@Catch()
class ThrowingFilter implements ExceptionFilter {
  catch(_exception: unknown, host: { switchToWs(): { getData(): unknown } }): never {
    hurl(host.switchToWs().getData());
  }
}

@SocketHandler('filtered')
@UseFilters(new ThrowingFilter())
class FilteredHandler {
  server(): never {
    throw new Error('for the filter');
  }
}

@Injectable()
class ThrowingInterceptor implements NestInterceptor {
  intercept(context: { switchToWs(): { getData(): unknown } }): never {
    hurl(context.switchToWs().getData());
  }
}

@SocketHandler('intercepted')
@UseInterceptors(new ThrowingInterceptor())
class InterceptedHandler {
  server(): string {
    return 'never';
  }
}

@WebSocketGateway()
class ThrowingGateway implements OnGatewayConnection, OnGatewayDisconnect {
  static value = '';

  handleConnection(): never {
    hurl(ThrowingGateway.value);
  }

  async handleDisconnect(): Promise<never> {
    return hurl(ThrowingGateway.value);
  }

  @SubscribeMessage('gateway')
  throws(_client: unknown, name: string): never {
    hurl(name);
  }
}

@Injectable()
class ThrowingHooks implements OnSocketAuthenticated, OnSocketDisconnect {
  static value = '';

  onSocketAuthenticated(): never {
    hurl(ThrowingHooks.value);
  }

  async onSocketDisconnect(): Promise<never> {
    return hurl(ThrowingHooks.value);
  }
}

const HANDLERS = [
  ThrowingHandler,
  RejectingHandler,
  YieldingHandler,
  ObservingHandler,
  FilteredHandler,
  InterceptedHandler,
];

describe('Whatever users’ code throws', () => {
  it('knows thirty kinds of it', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(30);
  });

  it.each(['throws', 'rejects', 'yields', 'observes', 'filtered', 'intercepted', 'gateway'])(
    'the one who asked for it gets INTERNAL, and everything goes on: %s',
    async (request) => {
      const providers = [EchoHandler, ThrowingGateway, ...HANDLERS];
      ThrowingGateway.value = 'an error whose message getter throws';
      const sockets = await startApp({ providers });
      const [client, other] = [await sockets.connect(), await sockets.connect()];
      for (const name of NAMES) {
        const failed = client.request(request, name);
        await expect(failed).rejects.toMatchObject({ code: 'INTERNAL', message: 'Internal error' });
      }
      expect(await client.request('echo', 'still here')).toBe('still here');
      expect(await other.request('echo', 'still here')).toBe('still here');
    },
  );

  it('what a handler returns is sent, or answered with INTERNAL', async () => {
    const sockets = await startApp({ providers: [EchoHandler, ReturningHandler] });
    const client = await sockets.connect();
    for (const name of NAMES) {
      await client.request('returns', name).catch(({ code }) => expect(code).toBe('INTERNAL'));
    }
    expect(await client.request('echo', 'still here')).toBe('still here');
  });

  it('in hooks and gateways it is logged, in order, and clients come and go', async () => {
    const sockets = await startApp({ providers: [EchoHandler, ThrowingGateway, ThrowingHooks] });
    for (const name of NAMES) {
      ThrowingGateway.value = name;
      ThrowingHooks.value = name;
      const client = await sockets.connect();
      expect(await client.request('echo', name)).toBe(name);
      const gone = once(client.events, 'disconnect');
      client.close();
      await gone;
    }
  });

  it('in subscribers of SocketServer’s observables it is logged, and they go on', async () => {
    const sockets = await startApp({ providers: [EchoHandler] });
    let value = '';
    const seen: string[] = [];
    const { connected$, authenticated$, disconnected$ } = sockets.server;
    for (const events$ of [connected$, authenticated$, disconnected$]) {
      (events$ as Observable<unknown>).subscribe(() => {
        seen.push(value);
        hurl(value);
      });
    }
    for (const name of NAMES) {
      value = name;
      const client = await sockets.connect();
      expect(await client.request('echo', name)).toBe(name);
    }
    expect(seen.filter((name) => name === NAMES.at(-1))).toHaveLength(2);
  });

  it('in the auth handler it refuses the peer, and lets the next one in', async () => {
    @SkipAuth()
    @SocketHandler('auth')
    class AuthHandler {
      server({ fail }: { fail?: string }): string {
        if (fail !== undefined) hurl(fail);
        return 'success';
      }
    }
    const options = { maxAuthFailuresPerMinute: Infinity };
    const sockets = await startApp({ providers: [EchoHandler], auth: AuthHandler, options });
    for (const fail of NAMES) {
      const peer = await connectRaw(sockets);
      peer.sendMessage({ request: 'auth', data: { fail } });
      await peer.untilClosed();
    }
    expect(sockets.server.clientMap.size).toBe(0);
    const client = await sockets.connect();
    expect(await client.request('echo', 'still here')).toBe('still here');
  });

  it('in the connection guard it refuses the peer, and lets the next one in', async () => {
    class ThrowingGuard implements ConnectionGuard {
      async canConnect({ query }: { query: URLSearchParams }): Promise<boolean> {
        const name = query.get('throw');
        return name === null ? true : hurl(name);
      }
    }
    const options = { connectionGuard: ThrowingGuard };
    const sockets = await startApp({ providers: [EchoHandler, ThrowingGuard], options });
    for (const name of NAMES) {
      const refused = connectRaw(sockets, { path: `/?throw=${encodeURIComponent(name)}` });
      await expect(refused).rejects.toMatchObject({ statusCode: expect.any(Number) as unknown });
    }
    expect(await (await sockets.connect()).request('echo', 'in')).toBe('in');
  });

  it('as the answer of the connection guard it refuses the peer, and lets the next one in', async () => {
    let answer: unknown = true;
    class OddGuard implements ConnectionGuard {
      canConnect(): boolean {
        return answer as boolean;
      }
    }
    const options = { connectionGuard: OddGuard };
    const sockets = await startApp({ providers: [EchoHandler, OddGuard], options });
    for (const name of NAMES) {
      answer = HOSTILE_VALUES[name]!();
      await expect(connectRaw(sockets)).rejects.toBeDefined();
    }
    answer = true;
    expect(await (await sockets.connect()).request('echo', 'in')).toBe('in');
  });

  it('in an interceptor’s or a source’s Observable, and in what ends it, everybody else goes on', async () => {
    class Sources {
      @SocketHandler()
      ends(name: string) {
        return new Observable((subscriber) => {
          subscriber.next(1);
          const timer = setImmediate(() => subscriber.complete());
          return () => {
            clearImmediate(timer);
            hurl(name);
          };
        });
      }

      @SocketHandler()
      never(name: string) {
        return new Observable(() => () => hurl(name));
      }
    }
    const sockets = await startApp({ providers: [EchoHandler, Sources] });
    const client = await sockets.connect();
    for (const name of NAMES) {
      expect(await client.request('ends', name)).toBe(1);
      const stream = client.stream('never', name);
      await stream.return?.();
    }
    expect(await client.request('echo', 'still here')).toBe('still here');
    const leaving = await sockets.connect();
    leaving.request('never', NAMES[0]).catch(() => undefined);
    expect(await leaving.request('echo', 'still here')).toBe('still here');
    leaving.close();
    expect(await client.request('echo', 'still here')).toBe('still here');
  });

  it('in listeners of a gateway’s sockets and server it is logged, and each of them is called', async () => {
    const heard: string[] = [];
    let value = '';
    const listener = (event: string) => () => {
      heard.push(event);
      hurl(value);
    };
    @WebSocketGateway()
    class ListeningGateway implements OnGatewayInit, OnGatewayConnection {
      afterInit(server: EventEmitter): never {
        server.on('connection', listener('connection'));
        server.on('connection', listener('connection again'));
        return hurl('an error without message');
      }

      handleConnection(client: EventEmitter): void {
        client.on('close', listener('close'));
        client.on('close', listener('close again'));
      }
    }
    const sockets = await startApp({ providers: [EchoHandler, ListeningGateway] });
    for (const name of NAMES) {
      value = name;
      heard.length = 0;
      const client = await sockets.connect();
      expect(await client.request('echo', name)).toBe(name);
      const gone = firstValueFrom(sockets.server.disconnected$);
      client.close();
      await gone;
      expect(heard).toEqual(['connection', 'connection again', 'close', 'close again']);
    }
  });

  it('in a client’s hook the server that asked gets INTERNAL, and the client goes on', async () => {
    const sockets = await startApp({ providers: [EchoHandler] });
    const client = await sockets.connect();
    const failures: unknown[] = [];
    client.events.on('hookFailed', ({ error }) => failures.push(error));
    client.on('ask', (name: string) => hurl(name));
    const [id] = [...sockets.server.clientMap.keys()];
    for (const name of NAMES) {
      const asked = sockets.server.request(id!, 'ask', name);
      await expect(asked).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    expect(failures).toHaveLength(NAMES.length);
    expect(await client.request('echo', 'still here')).toBe('still here');
  });

  it('as what a client’s hook answers it is sent, or the server gets INTERNAL', async () => {
    const sockets = await startApp({ providers: [EchoHandler] });
    const client = await sockets.connect();
    client.events.on('hookFailed', () => undefined);
    client.on('ask', (name: string) => HOSTILE_VALUES[name]!());
    const [id] = [...sockets.server.clientMap.keys()];
    for (const name of NAMES) {
      const asked = sockets.server.request(id!, 'ask', name);
      await asked.catch(({ code }) => expect(code).toBe('INTERNAL'));
    }
    expect(await client.request('echo', 'still here')).toBe('still here');
  });

  it('in a client’s listeners it is told to listenerFailed, and the client comes back', async () => {
    const sockets = await startApp({ providers: [EchoHandler, ThrowingHandler] });
    const reconnect = { baseDelay: 1, maxDelay: 1 };
    const client = await sockets.connect({ reconnect });
    let value = '';
    const events = [
      'errorReply',
      'disconnect',
      'reconnecting',
      'reconnected',
      'hookFailed',
    ] as const;
    for (const event of events) client.events.on(event, () => hurl(value));
    client.on('push', () => hurl(value));
    const failed: string[] = [];
    client.events.on('listenerFailed', ({ event }) => failed.push(event));
    for (const name of NAMES) {
      value = name;
      failed.length = 0;
      client.send({ request: 'throws', data: name });
      sockets.server.broadcast('push', name);
      expect(await client.request('echo', name)).toBe(name);
      const back = once(client.events, 'reconnected');
      sockets.server.disconnect([...sockets.server.clientMap.keys()][0]!, 4000);
      await back;
      expect(await client.request('echo', name)).toBe(name);
      expect(failed.toSorted()).toEqual([...events].toSorted());
    }
  });
});
