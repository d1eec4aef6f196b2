import { SOCKET_PUSHES, type DeclaredPush, type SocketPushOptions } from './documentation.js';

/**
 * Declares a push for the document: what the server sends under that name unasked. It stands on the
 * class or the method of a provider that sends it, as often as there are pushes, and changes nothing of
 * what is sent.
 *
 * ```ts
 * @SocketPush('move', { payload: MoveDto, description: 'A piece was moved.' })
 * ```
 *
 * @param name As in `server.broadcast(name, data)`. Where two declare one name, the first that is
 * found counts.
 */
export function SocketPush(
  name: string,
  options: SocketPushOptions = {},
): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const owner = (descriptor?.value ?? target) as object;
    // Decorators run from the last one to the first.
    const pushes: DeclaredPush[] = [{ ...options, name }, ...pushesOf(owner)];
    Reflect.defineMetadata(SOCKET_PUSHES, pushes, owner);
  };
}

/** Those that a class or a method declares itself. */
export function pushesOf(owner: object): readonly DeclaredPush[] {
  return (Reflect.getOwnMetadata(SOCKET_PUSHES, owner) ?? []) as readonly DeclaredPush[];
}
