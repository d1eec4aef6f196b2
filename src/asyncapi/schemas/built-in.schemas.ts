import type { JsonSchema } from '../types/async-api.types.js';

const BYTES: JsonSchema = {
  type: 'string',
  format: 'binary',
  description: 'Bytes, which travel as they are; between peers of version 2 only.',
};

const SCHEMAS = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Date, { type: 'string', format: 'date-time' }],
  [Array, { type: 'array' }],
  [Buffer, BYTES],
  [Uint8Array, BYTES],
  [Object, {}],
  // What they hold is not known, and of some of them, whether they can be sent.
  [Promise, {}],
  [Function, {}],
  [Map, {}],
  [Set, {}],
]);

/** Whether it is a class of the language, which TypeScript also writes for what has none. */
export function isBuiltIn(type: unknown): boolean {
  return SCHEMAS.has(type);
}

export function schemaOfBuiltIn(type: unknown): JsonSchema {
  return SCHEMAS.get(type) ?? {};
}
