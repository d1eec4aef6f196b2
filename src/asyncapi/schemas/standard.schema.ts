import type { JsonSchema } from '../types/async-api.types.js';

const DRAFT = 'draft-07';

type Convert = (options: { target: string; unrepresentable?: 'any' }) => unknown;

interface Convertible {
  readonly '~standard'?: { readonly jsonSchema?: { readonly input?: Convert } };
  readonly toJSONSchema?: Convert;
  readonly toJsonSchema?: () => unknown;
}

/**
 * What a Standard Schema takes in, as JSON Schema: by the standard's own way, else by that of zod 4 or of
 * ArkType. `{}` of one that cannot tell.
 */
export function toJsonSchema(source: object): JsonSchema {
  try {
    const schema = convert(source);
    if (typeof schema !== 'object' || schema === null) return {};
    const { $schema: _draft, '~standard': _standard, ...rest } = schema as JsonSchema;
    return rest;
  } catch {
    // Some of what a schema checks has no words in JSON Schema, as a function of the application's.
    return {};
  }
}

function convert(source: Convertible): unknown {
  const standard = source['~standard']?.jsonSchema?.input;
  if (standard) return standard({ target: DRAFT });
  if (source.toJSONSchema) return source.toJSONSchema({ target: DRAFT, unrepresentable: 'any' });
  return source.toJsonSchema?.();
}
