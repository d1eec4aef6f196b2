import { describe, expect, it } from '@jest/globals';
import {
  Catch,
  Injectable,
  Scope,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { catchError, map, of, retry, throwError } from 'rxjs';
import { SkipAuth, SocketHandler } from '../../src/index.js';
import { connectRaw, useApps } from '../fixtures/apps.js';
import { useLog } from '../fixtures/log.js';

type Result = () => unknown;

/** The ways to write an `auth` handler, each with what it is to do. */
const KINDS: Record<string, (result: Result) => Type> = {
  'a class': (result) => {
    @SkipAuth()
    @SocketHandler('auth')
    class AuthHandler {
      server() {
        return result();
      }
    }
    return AuthHandler;
  },
  'a class with interceptors of its own': (result) => {
    @SkipAuth()
    @SocketHandler('auth')
    @UseInterceptors({ intercept: (_context, next) => next.handle() })
    class AuthHandler {
      server() {
        return result();
      }
    }
    return AuthHandler;
  },
  'a request-scoped class': (result) => {
    @SkipAuth()
    @SocketHandler('auth')
    @Injectable({ scope: Scope.REQUEST })
    class AuthHandler {
      server() {
        return result();
      }
    }
    return AuthHandler;
  },
  'a method': (result) => {
    class Service {
      @SkipAuth()
      @SocketHandler('auth')
      logIn() {
        return result();
      }
    }
    return Service;
  },
  'a gateway': (result) => {
    @WebSocketGateway()
    class Gateway {
      @SkipAuth()
      @SubscribeMessage('auth')
      logIn() {
        return result();
      }
    }
    return Gateway;
  },
};

const down: Result = () => {
  throw new Error('the database is down');
};

@Catch()
class Envelope implements ExceptionFilter {
  catch(error: Error) {
    return { message: error.message };
  }
}

@Injectable()
class EnvelopeOfAll implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(
      map((data: unknown) => ({ data })),
      catchError((error: Error) => of({ message: error.message })),
    );
  }
}

@Injectable()
class Answering implements NestInterceptor {
  intercept() {
    return of('success');
  }
}

@Injectable()
class Retrying implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(retry(1));
  }
}

@Injectable()
class Nulling implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map(() => null));
  }
}

class ThrowingPart implements CanActivate, PipeTransform {
  canActivate(): boolean {
    return down() as boolean;
  }

  transform(): unknown {
    return down();
  }
}

const filters = [{ provide: APP_FILTER, useClass: Envelope }];
const interceptors = [{ provide: APP_INTERCEPTOR, useClass: EnvelopeOfAll }];

async function* yielding(...values: unknown[]) {
  yield* values;
}

const startApp = useApps();
useLog();

async function connect(auth: Type, providers: object[] = []) {
  // In clear text, since deriving a key is what would take most of the time.
  const options = { encryption: false };
  const app = await startApp({ auth, options, providers: providers as never });
  return { app, peer: await connectRaw(app) };
}

async function expectRefused(auth: Type, providers?: object[]): Promise<void> {
  const { app, peer } = await connect(auth, providers);
  peer.sendMessage({ request: 'auth', data: {} });
  await peer.untilClosed();
  expect(app.server.clientMap.size).toBe(0);
}

async function expectAccepted(auth: Type, providers?: object[]): Promise<unknown> {
  const { app, peer } = await connect(auth, providers);
  const { response } = await peer.authenticate();
  expect(app.server.clientMap.size).toBe(1);
  return response;
}

describe.each(Object.entries(KINDS))('An auth handler that is %s', (_kind, make) => {
  it('refuses when it throws, whatever a filter answers', async () => {
    await expectRefused(make(down), filters);
  });

  it('refuses when its promise rejects, whatever a filter answers', async () => {
    await expectRefused(
      make(async () => down()),
      filters,
    );
  });

  it('refuses when its Observable fails, whatever a filter answers', async () => {
    await expectRefused(
      make(() => throwError(() => new Error('down'))),
      filters,
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an error', { error: 'wrong key' }],
    ['an Observable of nothing', of('checking', false)],
  ])('refuses when it returns %s, whatever an interceptor makes of it', async (_what, result) => {
    await expectRefused(
      make(() => result),
      interceptors,
    );
  });

  it('refuses when it throws, whatever an interceptor makes of it', async () => {
    await expectRefused(make(down), interceptors);
  });

  it('refuses when an interceptor answers in its place', async () => {
    await expectRefused(
      make(() => 'success'),
      [{ provide: APP_INTERCEPTOR, useClass: Answering }],
    );
  });

  it.each([
    ['guard', APP_GUARD],
    ['pipe', APP_PIPE],
  ])('refuses when a %s throws, whatever a filter answers', async (_what, provide) => {
    await expectRefused(
      make(() => 'success'),
      [...filters, { provide, useClass: ThrowingPart }],
    );
  });

  it('accepts by what it returned, and sends what interceptors made of it', async () => {
    const response = await expectAccepted(
      make(() => ({ id: 7 })),
      interceptors,
    );
    expect(response).toEqual({ data: { id: 7 } });
  });

  it('accepts though an interceptor leaves nothing of it', async () => {
    await expectAccepted(
      make(() => 'success'),
      [{ provide: APP_INTERCEPTOR, useClass: Nulling }],
    );
  });

  it('accepts by the last value of an async iterable', async () => {
    await expectAccepted(make(() => yielding(false, 'success')));
    await expectRefused(make(() => yielding('checking', false)));
  });

  it('is believed by its last run when an interceptor has it run again', async () => {
    let runs = 0;
    const second = () => (runs++ === 0 ? down() : 'success');
    await expectAccepted(make(second), [{ provide: APP_INTERCEPTOR, useClass: Retrying }]);
  });
});
