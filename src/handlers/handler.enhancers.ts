import { SocketsError } from '../protocol/sockets.errors.js';
import { pipesOfArguments } from './handler.arguments.js';
import type { FoundHandler } from './handlers.explorer.js';

/** What `@UsePipes()` writes. */
export const PIPES = '__pipes__';

const ENHANCERS = ['__guards__', '__interceptors__', PIPES, '__exceptionFilters__'];

/** What stands on the handler's class and method: classes, or instances of them. */
export function enhancersOf({ type, methodName }: FoundHandler): unknown[] {
  const method = (type.prototype as Record<string, object>)[methodName]!;
  return [type, method].flatMap((target) =>
    ENHANCERS.flatMap((key) => (Reflect.getMetadata(key, target) as unknown[] | undefined) ?? []),
  );
}

/**
 * Nest constructs the enhancers of classes that it constructs itself. It would skip those of other
 * ones without a word, guards too.
 * @throws SocketsError `UNUSABLE_ENHANCER`
 */
export function assertEnhancersWork(found: FoundHandler): void {
  const { type, methodName, wrapper } = found;
  const asked = [...enhancersOf(found), ...pipesOfArguments(type, methodName)];
  const skipped = asked.find(
    (enhancer) => typeof enhancer === 'function' && !wrapper.host?.injectables.has(enhancer),
  );
  if (typeof skipped !== 'function') return;
  throw new SocketsError(
    'UNUSABLE_ENHANCER',
    `${type.name}.${methodName}() asks for ${skipped.name}, which Nest would skip: it constructs enhancers only for classes that it constructs itself, and ${type.name} comes from a factory or a value (or, before Nest 11.2.9, under a token). Provide the class (providers: [${type.name}], or useClass), or give the decorator an instance (new ${skipped.name}()).`,
  );
}
