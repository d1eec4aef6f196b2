import { Observable } from 'rxjs';
import { argumentsKeyOf, pipesOfArguments } from '../../handlers/handler.arguments.js';
import type { FoundHandler } from '../../handlers/handlers.explorer.js';
import { isStandardSchema, type SchemaSource } from '../types/schema-source.js';
import type { SchemaRegistry } from '../schemas/schema.registry.js';
import type { JsonSchema } from '../types/async-api.types.js';

// What @UsePipes() writes (`PIPES_METADATA` of Nest).
const PIPES = '__pipes__';
// How the key of a parameter begins that gets the data, as against the client (`WsParamtype` of Nest).
const PAYLOAD = '3:';

/** A parameter that gets the data, or one property of it. */
interface DataParameter {
  readonly index: number;
  readonly data?: string;
  readonly schema?: unknown;
}

/** What a method declares to return, as far as TypeScript keeps it. */
export interface DeclaredReturn {
  /** Undefined where nothing is known, which looks the same as a method that returns nothing. */
  readonly type: SchemaSource | undefined;
  readonly isStream: boolean;
}

/** What a handler takes by the types of its parameters; undefined for one that takes no data. */
export function declaredData(found: FoundHandler, schemas: SchemaRegistry): JsonSchema | undefined {
  const { type, methodName, name } = found;
  const prototype = type.prototype as object;
  const types = Reflect.getMetadata('design:paramtypes', prototype, methodName) as
    readonly SchemaSource[] | undefined;
  const parameters = dataParameters(found).filter(({ index }) => !types || index < types.length);
  const schemaOf = ({ index, schema }: DataParameter) =>
    schemas.resolve(heldSchema(found, schema) ?? types?.[index], `${name}.data`);
  const whole = parameters.find(({ data }) => data === undefined);
  if (whole) return schemaOf(whole);
  if (parameters.length === 0) return undefined;
  const properties = parameters.map((one) => [one.data, schemaOf(one)] as const);
  return { type: 'object', properties: Object.fromEntries(properties) as JsonSchema['properties'] };
}

function dataParameters({ type, methodName, kind }: FoundHandler): readonly DataParameter[] {
  const key = argumentsKeyOf(type, methodName, kind);
  const all = (Reflect.getMetadata(key, type, methodName) ?? {}) as Record<string, DataParameter>;
  return Object.entries(all)
    .filter(([which]) => which.startsWith(PAYLOAD))
    .map(([, parameter]) => parameter);
}

/** The schema of `@MessageBody({ schema })`, or the one that a pipe holds in its `schema`. */
function heldSchema({ type, methodName }: FoundHandler, own: unknown): SchemaSource | undefined {
  if (isStandardSchema(own)) return own;
  const method = (type.prototype as Record<string, object>)[methodName]!;
  const pipes = [
    ...pipesOfArguments(type, methodName),
    ...[method, type].flatMap((owner) => (Reflect.getMetadata(PIPES, owner) ?? []) as unknown[]),
  ];
  return pipes
    .map((pipe) => (pipe as { schema?: unknown } | null)?.schema)
    .find((schema) => isStandardSchema(schema));
}

export function declaredReturn({ type, methodName }: FoundHandler): DeclaredReturn {
  const prototype = type.prototype as Record<string, object>;
  const returned: unknown = Reflect.getMetadata('design:returntype', prototype, methodName);
  const isObservable = returned === Observable;
  return {
    type: typeof returned === 'function' && !isObservable ? (returned as SchemaSource) : undefined,
    isStream: isObservable || prototype[methodName]!.constructor.name === 'AsyncGeneratorFunction',
  };
}
