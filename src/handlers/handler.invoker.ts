import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ExternalContextCreator,
  ModuleRef,
  type ContextId,
} from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { catchError, from, isObservable, mergeMap, of, type Observable } from 'rxjs';
import {
  argumentsKeyOf,
  hasDecoratedArguments,
  socketParamsFactory,
  type HandlerArguments,
} from './handler.arguments.js';
import { enhancersOf, PIPES } from './handler.enhancers.js';
import type { FoundHandler, InstanceWrapper } from './handlers.explorer.js';
import { isAsyncIterable, valuesOf } from './values-of.js';

/** Runs a handler. What it throws or rejects with has been through the exception filters. */
export type Invoke = (...args: HandlerArguments) => unknown;

const MANUAL_DESTROY = { requireManualDestroy: true };

type Method = (...args: unknown[]) => unknown;
type Instance = Record<string, Method>;

/** Turns found handlers into functions that run them through Nest's enhancers. */
@Injectable()
export class HandlerInvoker {
  private readonly logger = new Logger('SocketsRouter');
  private readonly contexts: ExternalContextCreator;

  constructor(
    contextCreator: ExternalContextCreator,
    private readonly config: ApplicationConfig,
    private readonly moduleRef: ModuleRef,
  ) {
    this.contexts = keepingStreams(contextCreator);
  }

  create(handler: FoundHandler): Invoke {
    return inOwnContext(this.choose(handler));
  }

  private choose(handler: FoundHandler): Invoke {
    const isStatic = handler.wrapper.isDependencyTreeStatic();
    if (!isStatic || this.scopedGlobals().length > 0) return this.perMessage(handler);
    const instance = handler.wrapper.instance as Instance;
    this.warnOfHiddenTypes(handler);
    return this.hasEnhancers(handler)
      ? this.throughNest(handler, instance)
      : directly(handler, instance);
  }

  /** Guards, interceptors and pipes around the method, and exception filters around all of it. */
  private throughNest(handler: FoundHandler, instance: Instance, contextId?: ContextId): Invoke {
    const run = this.withoutFilters(handler, instance, contextId);
    const handleError = this.filters(handler, instance, contextId);
    return async (...args) => {
      try {
        const result = await run(...args);
        if (!isObservable(result)) return result;
        const answers = (error: unknown) => from(handleError(error, args)).pipe(mergeMap(spread));
        return result.pipe(catchError(answers));
      } catch (error) {
        return await handleError(error, args);
      }
    };
  }

  private withoutFilters(
    { type, methodName, kind, wrapper }: FoundHandler,
    instance: Instance,
    contextId?: ContextId,
  ): (...args: HandlerArguments) => Promise<unknown> {
    return this.contexts.create(
      instance,
      instance[methodName]!,
      methodName,
      argumentsKeyOf(type, methodName, kind),
      socketParamsFactory,
      contextId,
      wrapper.id,
      { guards: true, interceptors: true, filters: false },
      'ws',
    );
  }

  // With `filters: true` Nest would log every exception that no filter handles, expected ones too,
  // with its stack: any client could flood the log. So the filters are asked here.
  private filters(
    { type, methodName, wrapper }: FoundHandler,
    instance: Instance,
    contextId?: ContextId,
  ): (error: unknown, args: HandlerArguments) => Promise<unknown> {
    const method = instance[methodName]!;
    const moduleKey = wrapper.host?.token ?? '';
    const handler = this.contexts['filtersContextCreator'].create(
      instance,
      method,
      moduleKey,
      contextId,
      wrapper.id,
    );
    return async (error, args) => {
      const host = new ExecutionContextHost(args, type, method);
      host.setType('ws');
      const result: unknown = await handler.invokeCustomFilters(error, host);
      // A filter that returns nothing only watched: the caller still gets the error.
      if (result === undefined || result === null) throw error;
      return result;
    };
  }

  /** Request scope: a new instance, with new request-scoped dependencies, for each message. */
  private perMessage(handler: FoundHandler): Invoke {
    const token = handler.wrapper.token as never;
    return async (...args) => {
      const [client, data, request] = args;
      const contextId = ContextIdFactory.create();
      this.moduleRef.registerRequestByContextId({ client, data, request }, contextId);
      await this.makeScopedGlobals(handler, contextId);
      const instance = await this.moduleRef.resolve<Instance>(token, contextId, { strict: false });
      return this.throughNest(handler, instance, contextId)(...args);
    };
  }

  /** Nest makes these itself for a controller, but not for other providers: they would be skipped. */
  private async makeScopedGlobals({ wrapper }: FoundHandler, contextId: ContextId): Promise<void> {
    const injector = this.moduleRef['injector'];
    await Promise.all(
      this.scopedGlobals().map((global) =>
        injector.loadInjectable(global, global.host!, contextId, wrapper),
      ),
    );
  }

  /** The enhancers of the whole application that are not singletons. */
  private scopedGlobals(): InstanceWrapper[] {
    const { config } = this;
    return [
      ...config.getGlobalRequestGuards(),
      ...config.getGlobalRequestInterceptors(),
      ...config.getGlobalRequestPipes(),
      ...config.getGlobalRequestFilters(),
    ];
  }

  // TypeScript emits the types of parameters only where a decorator stands on the method or one of its
  // parameters, so that on `server(game: GameDto)` alone a ValidationPipe would pass everything.
  private warnOfHiddenTypes({ type, methodName }: FoundHandler): void {
    const prototype = type.prototype as Instance;
    const hasPipes = this.config.getGlobalPipes().length > 0 || Reflect.hasMetadata(PIPES, type);
    const isTyped = Reflect.hasMetadata('design:paramtypes', prototype, methodName);
    if (!hasPipes || isTyped || prototype[methodName]?.length === 0) return;
    this.logger.warn(
      `Pipes cannot see the parameter types of ${type.name}.${methodName}(), so a ValidationPipe lets everything pass. Put a decorator there: ${methodName}(@MessageBody() data, …).`,
    );
  }

  private hasEnhancers(handler: FoundHandler): boolean {
    const { config } = this;
    return (
      config.getGlobalGuards().length > 0 ||
      config.getGlobalInterceptors().length > 0 ||
      config.getGlobalPipes().length > 0 ||
      config.getGlobalFilters().length > 0 ||
      hasDecoratedArguments(handler.type, handler.methodName) ||
      enhancersOf(handler).length > 0
    );
  }
}

// What a guard or a handler enters (AsyncLocalStorage.enterWith) would stay entered for all later
// messages of the socket, if each did not run in an async resource of its own. Costs 0.1 us.
function inOwnContext(invoke: Invoke): Invoke {
  return (...args) =>
    new AsyncResource('SocketMessage', MANUAL_DESTROY).runInAsyncScope(invoke, undefined, ...args);
}

// Nothing to run around it, so nothing is: Nest's pipeline costs 1 us a call even when it is empty.
function directly({ methodName, kind }: FoundHandler, instance: Instance): Invoke {
  return kind === 'gateway'
    ? (client, data) => instance[methodName]!(client, data)
    : (client, data) => instance[methodName]!(data, client);
}

function spread(value: unknown): Observable<unknown> {
  return isObservable(value) ? value : of(value);
}

/**
 * The same creator, but one that hands out Observables instead of waiting for their last value, and
 * whose interceptors see each value of an async iterable, as they do those of an Observable.
 */
function keepingStreams(creator: ExternalContextCreator): ExternalContextCreator {
  const consumer = creator['interceptorsConsumer'] as InterceptorsConsumer;
  const intercept = (
    ...[interceptors, args, instance, method, next, type]: Parameters<
      InterceptorsConsumer['intercept']
    >
  ) => {
    const [client] = args as HandlerArguments;
    const nextValues = async () => {
      const result = await next();
      return isAsyncIterable(result) ? valuesOf(result, () => client.whenReady()) : result;
    };
    return consumer.intercept(interceptors, args, instance, method, nextValues, type);
  };
  return Object.create(creator, {
    interceptorsConsumer: { value: { intercept } },
    transformToResult: { value: (result: unknown) => Promise.resolve(result) },
  }) as ExternalContextCreator;
}
