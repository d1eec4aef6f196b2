import type { ApplicationConfig, ContextId, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import type { FoundHandler, InstanceWrapper } from './handlers.explorer.js';

type Method = (...args: unknown[]) => unknown;
/** Applies the pipes and calls the handler. */
type Next = () => Promise<unknown>;
/** Stands between a handler and its interceptors: what it resolves with is what they see. */
export type AroundHandler = (next: Next, args: unknown[]) => Promise<unknown>;
type AskFilters = (error: unknown, args: unknown[]) => unknown;

/**
 * The only file that touches private parts of Nest: these, and the global prefix (below).
 *
 * - `interceptorsConsumer` of the context creator, and its `transformToResult()`: its public `create()`
 *   waits for the last value of an Observable, so that a stream would be one value.
 * - `filtersContextCreator` of it: with `filters: true` Nest logs every exception that no filter
 *   handles, expected ones too, with its stack, so that any client could flood the log.
 * - `injector` of the module reference: the public `resolve()` makes request-scoped enhancers of the
 *   whole application, but transient ones for nobody who would ask for them.
 */
export class NestInternals {
  /** @throws SocketsError `UNSUPPORTED_VERSION` when Nest has not got them */
  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly moduleRef: ModuleRef,
  ) {
    const missing = missingOf(contexts, moduleRef);
    if (missing !== undefined) throw unsupported(missing);
  }

  /** The same creator, but one that hands out Observables, and has `around` call the handler. */
  keepingStreams(around: AroundHandler): ExternalContextCreator {
    const consumer = this.contexts['interceptorsConsumer'] as InterceptorsConsumer;
    const intercept = (
      ...[interceptors, args, instance, method, next, type]: Parameters<
        InterceptorsConsumer['intercept']
      >
    ) => {
      const inner: Next = () => around(next, args);
      return consumer.intercept(interceptors, args, instance, method, inner, type);
    };
    return Object.create(this.contexts, {
      interceptorsConsumer: { value: { intercept } },
      transformToResult: { value: (result: unknown) => Promise.resolve(result) },
    }) as ExternalContextCreator;
  }

  /** Asks the filters of a handler what to answer; nothing when none of them handles the error. */
  filters(
    { type, wrapper }: FoundHandler,
    instance: object,
    method: Method,
    contextId?: ContextId,
  ): AskFilters {
    const moduleKey = wrapper.host?.token ?? '';
    const creator = this.contexts['filtersContextCreator'];
    const handler = creator.create(instance, method, moduleKey, contextId, wrapper.id);
    return (error, args) => {
      const host = new ExecutionContextHost(args, type, method);
      host.setType('ws');
      return handler.invokeCustomFilters(error, host) as unknown;
    };
  }

  /** Makes an enhancer of the whole application for one message of a handler. */
  async makeScoped(
    enhancer: InstanceWrapper,
    contextId: ContextId,
    { wrapper }: FoundHandler,
  ): Promise<void> {
    // Older versions of Nest 11 make transient ones only for who is itself made for each message.
    const handler = Object.create(wrapper, {
      isDependencyTreeStatic: { value: () => false },
    }) as InstanceWrapper;
    const injector = this.moduleRef['injector'];
    await injector.loadInjectable(enhancer, enhancer.host!, contextId, handler);
  }
}

function missingOf(contexts: object, moduleRef: object): string | undefined {
  const methods: [string, unknown, string][] = [
    ['ExternalContextCreator', contexts, 'transformToResult'],
    ['interceptorsConsumer', valueOf(contexts, 'interceptorsConsumer'), 'intercept'],
    ['filtersContextCreator', valueOf(contexts, 'filtersContextCreator'), 'create'],
    ['injector', valueOf(moduleRef, 'injector'), 'loadInjectable'],
  ];
  const missing = methods.find(([, owner, name]) => typeof valueOf(owner, name) !== 'function');
  return missing && `${missing[0]}.${missing[2]}()`;
}

function valueOf(owner: unknown, name: string): unknown {
  return (owner as Record<string, unknown> | undefined)?.[name];
}

function unsupported(missing: string): SocketsError {
  return new SocketsError(
    'UNSUPPORTED_VERSION',
    `This version of @nestjs/core has no ${missing}, which handlers need. Install a version that is supported: ^11.0.0 || ^12.0.0; or, if it is one, a newer version of nestjs-sockets.`,
  );
}

/** What `app.setGlobalPrefix()` set; only with the application itself, which nothing public replaces. */
export function globalPrefixOf(app: object): string {
  const config = valueOf(app, 'config') as Partial<ApplicationConfig> | undefined;
  return config?.getGlobalPrefix?.() ?? '';
}
