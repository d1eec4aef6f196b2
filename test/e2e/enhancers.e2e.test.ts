import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type INestApplication,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
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
