import type { SchemaSource } from '../types/schema-source.js';
import { SOCKET_OPERATION, type SocketOperationOptions } from './documentation.js';

/**
 * Says about a handler what its code does not: it stands on its class, its `server()` or its method,
 * and changes nothing of what the handler does.
 *
 * ```ts
 * @SocketOperation({ summary: 'Judges a game', errors: [{ code: 'TOO_LONG' }] })
 * ```
 */
export function SocketOperation(options: SocketOperationOptions): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const owner = (descriptor?.value ?? target) as object;
    Reflect.defineMetadata(SOCKET_OPERATION, { ...operationOf(owner), ...options }, owner);
  };
}

/**
 * The type of a handler's reply, or of each value of its stream: TypeScript keeps none of a Promise, an
 * Observable, an interface or an array. Short for `@SocketOperation({ response, stream })`.
 *
 * @param options `stream`: whether it has many values. Default: as `@SocketOperation()`
 */
export function SocketResponse(
  response: SchemaSource,
  options: Pick<SocketOperationOptions, 'stream'> = {},
): ClassDecorator & MethodDecorator {
  return SocketOperation({ ...options, response });
}

/** What was said on a class or a method itself. */
export function operationOf(owner: object | undefined): SocketOperationOptions {
  if (!owner) return {};
  return (Reflect.getOwnMetadata(SOCKET_OPERATION, owner) ?? {}) as SocketOperationOptions;
}
