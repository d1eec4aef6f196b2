import type { ModuleRef } from '@nestjs/core';
import { SocketsError } from '../protocol/sockets.errors.js';
import type { FoundHandler, InstanceWrapper } from './handlers.explorer.js';

/**
 * The instance of a provider that is not made for each request. Of a transient one each consumer has
 * its own, which Nest makes when it is asked: what the wrapper holds was never constructed.
 */
export async function instanceOf(wrapper: InstanceWrapper, moduleRef: ModuleRef): Promise<unknown> {
  if (!wrapper.isTransient) return wrapper.instance;
  return moduleRef.resolve(wrapper.token as never, undefined, { strict: false });
}

/**
 * A property that the constructor sets hides the method of its name, and no message would get there.
 * @throws SocketsError `SHADOWED_METHOD`
 */
export function assertNotShadowed({ type, methodName }: FoundHandler, instance: object): void {
  const value = (instance as Record<string, unknown>)[methodName];
  if (typeof value === 'function') return;
  throw new SocketsError(
    'SHADOWED_METHOD',
    `${type.name} has a property "${methodName}" (${value === null ? 'null' : typeof value}) that hides its method ${methodName}(), so no message could be handled. Rename the property: constructor(private readonly socketServer: SocketServer).`,
  );
}
