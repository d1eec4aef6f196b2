import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { GATEWAY_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import { SKIP_AUTH, SOCKET_HANDLER } from './handler.constants.js';

/** Nest's record of a provider or controller. */
export type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** How a handler was declared. */
export type HandlerKind = 'class' | 'method' | 'gateway';

/** A decorated provider, or a decorated method of one, as found in the application. */
export interface FoundHandler {
  readonly name: string;
  readonly kind: HandlerKind;
  readonly type: Type;
  readonly wrapper: InstanceWrapper;
  /** The method that handles the request; a class handler's hooks are `server` and `client`. */
  readonly methodName: string;
  readonly skipAuth: boolean;
}

type Method = (...args: unknown[]) => unknown;

/** Finds what `@SocketHandler()` and `@SubscribeMessage()` marked, in all modules of the app. */
@Injectable()
export class HandlersExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  explore(): FoundHandler[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return wrappers.flatMap((wrapper) => {
      const type = typeOf(wrapper);
      return type
        ? [...this.classHandlers(type, wrapper), ...this.methodHandlers(type, wrapper)]
        : [];
    });
  }

  private classHandlers(type: Type, wrapper: InstanceWrapper): FoundHandler[] {
    const name = Reflect.getOwnMetadata(SOCKET_HANDLER, type) as string | undefined;
    if (name === undefined) return [];
    const skipAuth = isOpen(type, (type.prototype as { server?: Method }).server);
    return [{ name, kind: 'class', type, wrapper, methodName: 'server', skipAuth }];
  }

  private methodHandlers(type: Type, wrapper: InstanceWrapper): FoundHandler[] {
    const prototype = type.prototype as Record<string, Method>;
    const isGateway = Reflect.hasMetadata(GATEWAY_METADATA, type);
    return this.scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const method = prototype[methodName]!;
      const own = metadataOf(SOCKET_HANDLER, method);
      const subscribed = isGateway ? metadataOf(MESSAGE_METADATA, method) : undefined;
      const names = [
        ...(own === undefined ? [] : [{ name: own, kind: 'method' as const }]),
        ...(subscribed === undefined ? [] : [{ name: subscribed, kind: 'gateway' as const }]),
      ];
      const skipAuth = isOpen(type, method);
      return names.map(({ name, kind }) => ({ name, kind, type, wrapper, methodName, skipAuth }));
    });
  }
}

/** The class behind a provider: also that of what a factory or a value provider gave. */
export function typeOf(wrapper: InstanceWrapper): Type | undefined {
  if (wrapper.isAlias) return undefined;
  const type: unknown = wrapper.isNotMetatype
    ? (wrapper.instance as object | undefined)?.constructor
    : wrapper.metatype;
  return typeof type === 'function' && type !== Object && type.prototype
    ? (type as Type)
    : undefined;
}

function metadataOf(key: string, target: Method): string | undefined {
  return Reflect.getMetadata(key, target) as string | undefined;
}

function isOpen(type: Type, method: Method | undefined): boolean {
  const onMethod = method && (Reflect.getMetadata(SKIP_AUTH, method) as boolean | undefined);
  return onMethod ?? Reflect.getMetadata(SKIP_AUTH, type) === true;
}
