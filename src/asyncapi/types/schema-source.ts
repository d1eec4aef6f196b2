import type { JsonSchema } from './async-api.types.js';

/** A class whose properties are decorated, or `String`, `Number`, `Boolean`, `Date`, `Buffer`. */
export type DescribedClass = abstract new (...args: never[]) => unknown;

/** A schema of zod, Valibot, ArkType and others: https://standardschema.dev. */
export interface StandardSchema {
  readonly '~standard': { readonly vendor: string };
}

/**
 * What describes data: a class, an array with the class of its items, a Standard Schema that can say
 * what it is in JSON Schema, or a JSON Schema.
 */
export type SchemaSource =
  DescribedClass | StandardSchema | JsonSchema | readonly [DescribedClass | StandardSchema];

/** Whether it is a Standard Schema. Those of ArkType are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  const isObject = typeof value === 'object' || typeof value === 'function';
  return isObject && value !== null && '~standard' in value;
}
