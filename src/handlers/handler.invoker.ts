import { Injectable, Logger } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ExternalContextCreator,
  ModuleRef,
  type ContextId,
} from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { catchError, isObservable } from 'rxjs';
import {
  argumentsKeyOf,
  hasDecoratedArguments,
  socketParamsFactory,
  type HandlerArguments,
} from './handler.arguments.js';
import type { FoundHandler } from './handlers.explorer.js';

/** Runs a handler. What it throws or rejects with has been through the exception filters. */
export type Invoke = (...args: HandlerArguments) => unknown;

type Method = (...args: unknown[]) => unknown;
type Instance = Record<string, Method>;

const PIPES = '__pipes__';
const ENHANCERS = ['__guards__', '__interceptors__', PIPES, '__exceptionFilters__'];

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
    if (!handler.wrapper.isDependencyTreeStatic()) return this.perMessage(handler);
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
      // An async resource of its own for each message: a guard that calls
      // AsyncLocalStorage.enterWith() would change the context of all later messages otherwise.
      await Promise.resolve();
      try {
        const result = await run(...args);
        if (!isObservable(result)) return result;
        return result.pipe(catchError((error: unknown) => handleError(error, args)));
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
      contextId && wrapper.id,
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
    const inquirerId = contextId && wrapper.id;
    const handler = this.contexts['filtersContextCreator'].create(
      instance,
      method,
      moduleKey,
      contextId,
      inquirerId,
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
      const instance = await this.moduleRef.resolve<Instance>(token, contextId, { strict: false });
      return this.throughNest(handler, instance, contextId)(...args);
    };
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

  private hasEnhancers({ type, methodName }: FoundHandler): boolean {
    const { config } = this;
    const method = (type.prototype as Instance)[methodName]!;
    return (
      config.getGlobalGuards().length > 0 ||
      config.getGlobalInterceptors().length > 0 ||
      config.getGlobalPipes().length > 0 ||
      config.getGlobalFilters().length > 0 ||
      hasDecoratedArguments(type, methodName) ||
      ENHANCERS.some((key) => Reflect.hasMetadata(key, type) || Reflect.hasMetadata(key, method))
    );
  }
}

// Nothing to run around it, so nothing is: Nest's pipeline costs 1 us a call even when it is empty.
function directly({ methodName, kind }: FoundHandler, instance: Instance): Invoke {
  return kind === 'gateway'
    ? (client, data, request) => instance[methodName]!(client, data, request)
    : (client, data) => instance[methodName]!(data, client);
}

/** The same creator, but one that hands out Observables instead of waiting for their last value. */
function keepingStreams(creator: ExternalContextCreator): ExternalContextCreator {
  const own = Object.create(creator) as ExternalContextCreator;
  own.transformToResult = (result: unknown) => Promise.resolve(result);
  return own;
}
