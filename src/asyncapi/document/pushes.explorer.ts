import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { typeOf } from '../../handlers/handlers.explorer.js';
import type { DeclaredPush } from '../decorators/documentation.js';
import { pushesOf } from '../decorators/socket-push.decorator.js';

/** What `@SocketPush()` declares, on classes and methods of all modules of the application. */
export function explorePushes(discovery: DiscoveryService): DeclaredPush[] {
  const scanner = new MetadataScanner();
  const wrappers = [...discovery.getProviders(), ...discovery.getControllers()];
  const types = new Set(wrappers.map((wrapper) => typeOf(wrapper)));
  return [...types].flatMap((type) => {
    if (!type) return [];
    const prototype = type.prototype as Record<string, object>;
    const methods = scanner.getAllMethodNames(prototype).map((name) => prototype[name]!);
    return [...pushesOf(type), ...methods.flatMap(pushesOf)];
  });
}
