import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';
import { SOCKET_HANDLER } from './handler.constants.js';

/**
 * Makes a class, or one method of a provider, the handler of a request.
 *
 * On a class, `server(data, client)` handles the request of that name on the server and
 * `client(response, socket)` is the hook of a `SocketClient`; the class becomes `@Injectable()`. On a
 * method of any provider, the method handles the request on the server.
 *
 * @param name The request's name (PROTOCOL.md R4.2). Default: the class name without `Handler`, its
 * first letter lowered (`ValidateGameHandler` is `validateGame`), or the method's name.
 */
export function SocketHandler(name?: string): ClassDecorator & MethodDecorator {
  return ((target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (descriptor === undefined) return decorateClass(name, target as NewableFunction);
    const handlerName = name ?? String(key);
    return SetMetadata(SOCKET_HANDLER, handlerName)(target, key!, descriptor);
  }) as ClassDecorator & MethodDecorator;
}

function decorateClass(name: string | undefined, target: NewableFunction): void {
  const handlerName = name ?? deriveName(target.name);
  applyDecorators(Injectable(), SetMetadata(SOCKET_HANDLER, handlerName))(target);
}

function deriveName(className: string): string {
  const stem = className.replace(/(?<=.)Handler$/, '');
  return stem.charAt(0).toLowerCase() + stem.slice(1);
}
