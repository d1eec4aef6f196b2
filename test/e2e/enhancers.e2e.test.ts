import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type PipeTransform,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { tap } from 'rxjs';
import {
  Marker,
  OrderGuard,
  OrderInterceptor,
  OrderPipe,
  TeapotFilter,
  type Order,
} from '../fixtures/enhancers/enhancers.js';
import { ORDER_HANDLERS, type Placement } from '../fixtures/enhancers/order-handlers.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';

interface EnhancerKind {
  decorator: ClassDecorator & MethodDecorator;
  type: Type;
  token: string;
  useGlobal(app: INestApplication): void;
  /** Asks for something that shows whether the enhancer works. */
  order: Order;
  shows: object;
  showsWithout: object;
}

const plainReply = { item: 'tea', clientId: expect.any(Number) };

const KINDS: Record<string, EnhancerKind> = {
  guard: {
    decorator: UseGuards(OrderGuard),
    type: OrderGuard,
    token: APP_GUARD,
    useGlobal: (app) => app.useGlobalGuards(new OrderGuard(new Marker())),
    order: { item: 'tea', forbidden: true },
    shows: { error: { code: 'FORBIDDEN', message: 'Forbidden resource' } },
    showsWithout: { response: { ...plainReply, forbidden: true } },
  },
  pipe: {
    decorator: UsePipes(OrderPipe),
    type: OrderPipe,
    token: APP_PIPE,
    useGlobal: (app) => app.useGlobalPipes(new OrderPipe(new Marker())),
    order: { item: 'tea' },
    shows: { response: { ...plainReply, pipe: 'injected' } },
    showsWithout: { response: plainReply },
  },
  interceptor: {
    decorator: UseInterceptors(OrderInterceptor),
    type: OrderInterceptor,
    token: APP_INTERCEPTOR,
    useGlobal: (app) => app.useGlobalInterceptors(new OrderInterceptor(new Marker())),
    order: { item: 'tea' },
    shows: { response: { ...plainReply, interceptor: 'injected' } },
    showsWithout: { response: plainReply },
  },
  filter: {
    decorator: UseFilters(TeapotFilter),
    type: TeapotFilter,
    token: APP_FILTER,
    useGlobal: (app) => app.useGlobalFilters(new TeapotFilter(new Marker())),
    order: { teapot: true },
    shows: { response: { filter: 'injected', caught: 'short and stout' } },
    showsWithout: { error: { code: 'INTERNAL', message: 'Internal error' } },
  },
};

interface Level {
  placement?(kind: EnhancerKind): Placement;
  providers?(kind: EnhancerKind): Provider[];
  configure?(kind: EnhancerKind, app: INestApplication): void;
}

const LEVELS: Record<string, Level> = {
  'on the method': { placement: ({ decorator }) => ({ onMethod: [decorator] }) },
  'on the class': { placement: ({ decorator }) => ({ onClass: [decorator] }) },
  'for the app, by a provider': {
    providers: ({ token, type }) => [{ provide: token, useClass: type }],
  },
  'for the app, by a provider, new for each message': {
    providers: ({ token, type }) => [{ provide: token, useClass: type, scope: Scope.REQUEST }],
  },
  'for the app, by a transient provider': {
    providers: ({ token, type }) => [{ provide: token, useClass: type, scope: Scope.TRANSIENT }],
  },
  'for the app, by useGlobal': { configure: (kind, app) => kind.useGlobal(app) },
};

afterEach(closeApps);

async function replyTo(
  kind: EnhancerKind,
  level: Level,
  makeHandler: (placement: Placement) => Type,
): Promise<unknown> {
  const sockets = await startApp({
    providers: [
      Marker,
      makeHandler(level.placement?.(kind) ?? {}),
      ...(level.providers?.(kind) ?? []),
    ],
    configure: (app) => level.configure?.(kind, app),
  });
  const client = await sockets.connect();
  return client.request('order', kind.order).then(
    (response) => ({ response }),
    ({ code, message }: { code: string; message: string }) => ({ error: { code, message } }),
  );
}

describe.each(Object.entries(ORDER_HANDLERS))('A %s', (_form, makeHandler) => {
  describe.each(Object.entries(LEVELS))('with an enhancer %s', (_level, level) => {
    it.each(Object.entries(KINDS))('passes through the %s', async (_kind, kind) => {
      expect(await replyTo(kind, level, makeHandler)).toEqual(kind.shows);
    });
  });

  it.each(Object.entries(KINDS))('does without a %s as well', async (_kind, kind) => {
    expect(await replyTo(kind, {}, makeHandler)).toEqual(kind.showsWithout);
  });
});

/** Keeps what a guard can learn of the message. */
@Injectable()
class ContextGuard implements CanActivate {
  readonly seen: object[] = [];

  canActivate(context: ExecutionContext): boolean {
    const ws = context.switchToWs();
    this.seen.push({
      type: context.getType(),
      client: ws.getClient<{ id: number }>().id,
      data: ws.getData<unknown>(),
      pattern: ws.getPattern(),
      handler: context.getHandler().name,
      hasClass: typeof context.getClass() === 'function',
    });
    return true;
  }
}

describe('The execution context', () => {
  it.each(Object.entries(ORDER_HANDLERS))(
    'of a %s tells the client, the data and the pattern',
    async (_form, makeHandler) => {
      const sockets = await startApp({
        providers: [
          makeHandler({}),
          ContextGuard,
          { provide: APP_GUARD, useExisting: ContextGuard },
        ],
      });
      const client = await sockets.connect();
      await client.request('order', { item: 'tea' });
      expect(sockets.app.get(ContextGuard).seen.at(-1)).toEqual({
        type: 'ws',
        client: 1,
        data: { item: 'tea' },
        pattern: 'order',
        handler: expect.stringMatching(/^(server|take)$/),
        hasClass: true,
      });
    },
  );
});

/** Writes down who ran, in which order. */
function tracing(trace: string[]) {
  return {
    guard: (name: string): CanActivate => ({ canActivate: () => trace.push(`guard ${name}`) > 0 }),
    pipe: (name: string): PipeTransform => ({
      transform(value: unknown, { type }) {
        if (type === 'body') trace.push(`pipe ${name}`);
        return value;
      },
    }),
    interceptor: (name: string): NestInterceptor => ({
      intercept(_context, next) {
        trace.push(`before ${name}`);
        return next.handle().pipe(tap(() => trace.push(`after ${name}`)));
      },
    }),
  };
}

describe('Enhancers of several levels', () => {
  it.each(Object.entries(ORDER_HANDLERS))(
    'run around a %s in the order of a controller',
    async (_form, makeHandler) => {
      const trace: string[] = [];
      const { guard, pipe, interceptor } = tracing(trace);
      const at = (name: string) => [
        UseGuards(guard(name)),
        UsePipes(pipe(name)),
        UseInterceptors(interceptor(name)),
      ];
      const sockets = await startApp({
        providers: [makeHandler({ onClass: at('class'), onMethod: at('method') })],
        configure: (app) =>
          app
            .useGlobalGuards(guard('app'))
            .useGlobalPipes(pipe('app'))
            .useGlobalInterceptors(interceptor('app')),
      });
      const client = await sockets.connect();
      trace.length = 0;
      await client.request('order', {});
      expect(trace).toEqual([
        'guard app',
        'guard class',
        'guard method',
        'before app',
        'before class',
        'before method',
        'pipe app',
        'pipe class',
        'pipe method',
        'after method',
        'after class',
        'after app',
      ]);
    },
  );
});
