import type { Type } from '@nestjs/common';
import type { HandlerKind } from './handlers.explorer.js';

// What @MessageBody() and @ConnectedSocket() write (`PARAM_ARGS_METADATA`, `WsParamtype` of Nest).
const DECORATED_ARGUMENTS = '__routeArguments__';
const DEFAULT_ARGUMENTS = 'nestjs-sockets:default-arguments';
const CLIENT = 0;
const PAYLOAD = 3;

/** A client, as far as a handler that sends many values needs it. */
interface Receiver {
  whenReady(): Promise<void>;
}

/** What a handler is called with, in the order of Nest's own gateways: client, data, pattern. */
export type HandlerArguments = [client: Receiver, data: unknown, request: string];

/**
 * The metadata key under which Nest finds what each parameter wants. A method without parameter
 * decorators gets default ones, so that pipes reach its data as they do in a controller:
 * `(data, client)`, or `(client, data)` in a gateway.
 */
export function argumentsKeyOf(type: Type, methodName: string, kind: HandlerKind): string {
  if (hasDecoratedArguments(type, methodName)) return DECORATED_ARGUMENTS;
  const [dataIndex, clientIndex] = kind === 'gateway' ? [1, 0] : [0, 1];
  const defaults = {
    [`${PAYLOAD}:${dataIndex}`]: { index: dataIndex, pipes: [] },
    [`${CLIENT}:${clientIndex}`]: { index: clientIndex, pipes: [] },
  };
  Reflect.defineMetadata(DEFAULT_ARGUMENTS, defaults, type, methodName);
  return DEFAULT_ARGUMENTS;
}

export function hasDecoratedArguments(type: Type, methodName: string): boolean {
  return Reflect.hasMetadata(DECORATED_ARGUMENTS, type, methodName);
}

/** The pipes that parameter decorators ask for. */
export function pipesOfArguments(type: Type, methodName: string): unknown[] {
  const decorated = Reflect.getMetadata(DECORATED_ARGUMENTS, type, methodName) as
    Record<string, { pipes?: unknown[] }> | undefined;
  return Object.values(decorated ?? {}).flatMap(({ pipes }) => pipes ?? []);
}

/** Gives each parameter its value: Nest's `ParamsFactory` for sockets. */
export const socketParamsFactory = {
  exchangeKeyForValue(kind: number, property: unknown, args: HandlerArguments): unknown {
    if (kind === CLIENT) return args[0];
    if (kind !== PAYLOAD) return null;
    const data = args[1];
    return typeof property === 'string'
      ? (data as Record<string, unknown> | null | undefined)?.[property]
      : data;
  },
};
