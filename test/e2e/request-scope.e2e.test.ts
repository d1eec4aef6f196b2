import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Inject,
  Injectable,
  Scope,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { SocketHandler } from '../../src/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';

interface SocketRequest {
  client: { id: number };
  data: unknown;
  request: string;
}

@Injectable({ scope: Scope.REQUEST })
class MessageLog {
  static made = 0;
  readonly number = ++MessageLog.made;
  readonly lines: string[] = [];

  constructor(@Inject(REQUEST) readonly message: SocketRequest) {}
}

/** Is called before the handler, with the same dependency. */
@Injectable()
class LoggingGuard implements CanActivate {
  constructor(private readonly log: MessageLog) {}

  canActivate(): boolean {
    this.log.lines.push('guard');
    return true;
  }
}

@Injectable()
class LoggingInterceptor implements NestInterceptor {
  constructor(private readonly log: MessageLog) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.log.lines.push('interceptor');
    return next.handle();
  }
}

function report(log: MessageLog, data: unknown): object {
  const { client, request } = log.message;
  return { log: log.number, lines: log.lines, client: client.id, request, data };
}

@UseGuards(LoggingGuard)
@SocketHandler('scoped')
class ScopedHandler {
  constructor(private readonly log: MessageLog) {}

  @UseInterceptors(LoggingInterceptor)
  server(data: unknown): object {
    return report(this.log, data);
  }
}

@UseGuards(LoggingGuard)
@Injectable({ scope: Scope.REQUEST })
class ScopedMethods {
  constructor(private readonly log: MessageLog) {}

  @UseInterceptors(LoggingInterceptor)
  @SocketHandler('scoped')
  handle(data: unknown): object {
    return report(this.log, data);
  }
}

@UseGuards(LoggingGuard)
@WebSocketGateway()
class ScopedGateway {
  constructor(private readonly log: MessageLog) {}

  @UseInterceptors(LoggingInterceptor)
  @SubscribeMessage('scoped')
  handle(@MessageBody() data: unknown): object {
    return report(this.log, data);
  }
}

interface Report {
  log: number;
  lines: string[];
  client: number;
  request: string;
  data: unknown;
}

afterEach(closeApps);

describe.each<[string, Type]>([
  ['class handler', ScopedHandler],
  ['method handler', ScopedMethods],
  ['native gateway', ScopedGateway],
])('A %s with request-scoped dependencies', (_form, type) => {
  it('is made anew for each message, and shares them with its enhancers', async () => {
    const sockets = await startApp({ providers: [MessageLog, type] });
    const client = await sockets.connect();
    const asked = ['a', 'b', 'c'].map((data) => client.request<Report>('scoped', data));
    const replies = await Promise.all(asked);
    expect(new Set(replies.map(({ log }) => log)).size).toBe(3);
    expect(replies.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
    for (const { lines, client: id, request } of replies) {
      expect({ lines, id, request }).toEqual({
        lines: ['guard', 'interceptor'],
        id: 1,
        request: 'scoped',
      });
    }
  });
});

@Injectable({ scope: Scope.REQUEST })
class CountingGuard implements CanActivate {
  static made = 0;

  constructor(private readonly log: MessageLog) {
    CountingGuard.made++;
  }

  canActivate(context: ExecutionContext): boolean {
    this.log.lines.push('app guard');
    return context.switchToWs().getPattern() !== 'forbidden';
  }
}

@Injectable()
class SingletonHandlers {
  private calls = 0;

  @SocketHandler('count')
  count(): number {
    return ++this.calls;
  }

  @SocketHandler('forbidden')
  forbidden(): string {
    return 'leaked';
  }
}

describe('A request-scoped guard of the whole app', () => {
  it('guards singletons without making them request-scoped', async () => {
    const sockets = await startApp({
      providers: [MessageLog, SingletonHandlers, { provide: APP_GUARD, useClass: CountingGuard }],
    });
    const client = await sockets.connect();
    const before = CountingGuard.made;
    expect(await client.request('count')).toBe(1);
    expect(await client.request('count')).toBe(2);
    expect(CountingGuard.made).toBe(before + 2);
    await expect(client.request('forbidden')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('shares its dependencies with a request-scoped handler', async () => {
    const sockets = await startApp({
      providers: [MessageLog, ScopedHandler, { provide: APP_GUARD, useClass: CountingGuard }],
    });
    const client = await sockets.connect();
    const { lines } = await client.request<Report>('scoped');
    expect(lines).toEqual(['app guard', 'guard', 'interceptor']);
  });
});

@SocketHandler('broken')
class BrokenHandler {
  constructor(@Inject('UNBUILDABLE') readonly part: unknown) {}

  server(): string {
    return 'never';
  }
}

describe('A request-scoped handler that cannot be made', () => {
  it('answers the message with INTERNAL, and the next one too', async () => {
    const sockets = await startApp({
      providers: [
        BrokenHandler,
        {
          provide: 'UNBUILDABLE',
          scope: Scope.REQUEST,
          useFactory: () => {
            throw new Error('no parts');
          },
        },
      ],
    });
    const client = await sockets.connect();
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(client.request('broken')).rejects.toMatchObject({ code: 'INTERNAL' });
    }
  });
});
