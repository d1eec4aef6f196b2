import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ROOM_STATE } from './handler.constants.js';
import { typeOf, type InstanceWrapper } from './handlers.explorer.js';

type Method = (...args: unknown[]) => unknown;

/** A method that `@RoomState()` marked. */
export interface FoundRoomState {
  readonly pattern: string;
  /** Of the class and the method, for the log. */
  readonly label: string;
  readonly call: Method;
}

/** Finds them among the providers that are made once. */
@Injectable()
export class RoomStatesExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  explore(): FoundRoomState[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return wrappers
      .filter((wrapper) => !wrapper.isTransient && wrapper.isDependencyTreeStatic())
      .flatMap((wrapper) => this.statesOf(wrapper));
  }

  private statesOf(wrapper: InstanceWrapper): FoundRoomState[] {
    const type = typeOf(wrapper);
    if (!type) return [];
    const prototype = type.prototype as Record<string, Method>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const pattern = Reflect.getMetadata(ROOM_STATE, prototype[name]!) as string | undefined;
      if (pattern === undefined) return [];
      const call = (...args: unknown[]) =>
        (wrapper.instance as Record<string, Method>)[name]!(...args);
      return [{ pattern, label: `${type.name}.${name}()`, call }];
    });
  }
}
