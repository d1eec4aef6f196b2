import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ExternalContextCreator,
  ModuleRef,
  type ContextId,
} from '@nestjs/core';
import { catchError, from, isObservable, mergeMap, of, type Observable } from 'rxjs';
import { AUTH } from '../protocol/message-name.js';
import { AuthVerdicts, type AuthAnswer } from './auth.verdicts.js';
import {
  argumentsKeyOf,
  hasDecoratedArguments,
  socketParamsFactory,
  type HandlerArguments,
} from './handler.arguments.js';
import { enhancersOf, PIPES } from './handler.enhancers.js';
import { assertNotShadowed, instanceOf } from './handler.instance.js';
import type { FoundHandler, InstanceWrapper } from './handlers.explorer.js';
import { NestInternals } from './nest.internals.js';
import { isAsyncIterable, valuesOf } from './values-of.js';

/**
 * Runs a handler. What it throws or rejects with has been through the exception filters. That of `auth`
 * resolves with an `AuthAnswer`.
 */
export type Invoke = (...args: HandlerArguments) => unknown;

const MANUAL_DESTROY = { requireManualDestroy: true };

type Method = (...args: unknown[]) => unknown;
type Instance = Record<string, Method>;
type Run = (...args: HandlerArguments) => Promise<unknown>;
type HandleError = (error: unknown, args: HandlerArguments) => Promise<unknown>;

/** Turns found handlers into functions that run them through Nest's enhancers. */
@Injectable()
export class HandlerInvoker {
  private readonly logger = new Logger('SocketsRouter');
  private readonly nest: NestInternals;
  private readonly contexts: ExternalContextCreator;
  private readonly authContexts: ExternalContextCreator;
  private readonly verdicts = new AuthVerdicts();

  constructor(
    contextCreator: ExternalContextCreator,
    private readonly config: ApplicationConfig,
    private readonly moduleRef: ModuleRef,
  ) {
    this.nest = new NestInternals(contextCreator, moduleRef);
    this.contexts = this.nest.keepingStreams(withEachValue);
    this.authContexts = this.nest.keepingStreams(this.verdicts.aroundHandler);
  }

  /** @throws SocketsError `SHADOWED_METHOD` */
  async create(handler: FoundHandler): Promise<Invoke> {
    return inOwnContext(await this.choose(handler));
  }

  private async choose(handler: FoundHandler): Promise<Invoke> {
    const isStatic = handler.wrapper.isDependencyTreeStatic();
    if (!isStatic || this.scopedGlobals().length > 0) return this.perMessage(handler);
    const instance = (await instanceOf(handler.wrapper, this.moduleRef)) as Instance;
    assertNotShadowed(handler, instance);
    this.warnOfHiddenTypes(handler);
    return handler.name === AUTH || this.hasEnhancers(handler)
      ? this.throughNest(handler, instance)
      : directly(handler, instance);
  }

  /** Guards, interceptors and pipes around the method, and exception filters around all of it. */
  private throughNest(handler: FoundHandler, instance: Instance, contextId?: ContextId): Invoke {
    const run = this.withoutFilters(handler, instance, contextId);
    const handleError = this.filters(handler, instance, contextId);
    if (handler.name === AUTH) return this.deciding(run, handleError);
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

  /** For the `auth` handler. Filters hear of what it throws, but what they answer lets nobody in. */
  private deciding(run: Run, handleError: HandleError): Invoke {
    return async (...args): Promise<AuthAnswer> => {
      try {
        return await this.verdicts.decide(run, args);
      } catch (error) {
        await handleError(error, args);
        throw error;
      }
    };
  }

  private withoutFilters(
    { name, type, methodName, kind, wrapper }: FoundHandler,
    instance: Instance,
    contextId?: ContextId,
  ): Run {
    const contexts = name === AUTH ? this.authContexts : this.contexts;
    return contexts.create(
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

  private filters(handler: FoundHandler, instance: Instance, contextId?: ContextId): HandleError {
    const ask = this.nest.filters(handler, instance, instance[handler.methodName]!, contextId);
    return async (error, args) => {
      const result: unknown = await ask(error, args);
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
      assertNotShadowed(handler, instance);
      return this.throughNest(handler, instance, contextId)(...args);
    };
  }

  /** Nest makes these itself for a controller, but not for other providers: they would be skipped. */
  private async makeScopedGlobals(handler: FoundHandler, contextId: ContextId): Promise<void> {
    const made = this.scopedGlobals().map((it) => this.nest.makeScoped(it, contextId, handler));
    await Promise.all(made);
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

/** Interceptors see each value of an async iterable, as they do those of an Observable. */
async function withEachValue(next: () => Promise<unknown>, args: unknown[]): Promise<unknown> {
  const [client] = args as HandlerArguments;
  const result = await next();
  return isAsyncIterable(result) ? valuesOf(result, () => client.whenReady()) : result;
}
