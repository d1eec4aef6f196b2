import type { JsonSchema } from '../types/async-api.types.js';
import type { SchemaSource } from '../types/schema-source.js';

/** The schema of whatever else describes data: of a property's class, for example. */
export type Resolve = (source: SchemaSource | undefined) => JsonSchema;

/** One property, as one way of describing a class sees it. */
export interface DescribedProperty {
  readonly schema: JsonSchema;
  /** Undefined where that way says nothing about it. */
  readonly required: boolean | undefined;
}

export type DescribedProperties = ReadonlyMap<string, DescribedProperty>;

/** What two ways of describing it say together; the second one counts where they differ. */
export function mergeProperty(
  first: DescribedProperty | undefined,
  second: DescribedProperty | undefined,
): DescribedProperty {
  const schema = mergeSchemas(first?.schema ?? {}, second?.schema ?? {});
  return { schema, required: second?.required ?? first?.required };
}

function mergeSchemas(first: JsonSchema, second: JsonSchema): JsonSchema {
  if (second.$ref !== undefined || second.allOf) return second;
  if (first.$ref !== undefined) return withReference(first, second);
  const items = { ...(first.items as JsonSchema), ...(second.items as JsonSchema) };
  const isEmpty = Object.keys(items).length === 0;
  return {
    ...first,
    ...second,
    // What TypeScript keeps, which does not tell whole numbers from others.
    ...(first.type === 'integer' && second.type === 'number' && { type: 'integer' }),
    ...(!isEmpty && { items: items.$ref === undefined ? items : { $ref: items.$ref } }),
  };
}

/** A reference, and what is said about it there: beside a `$ref` nothing else counts. */
export function withReference(reference: JsonSchema, more: JsonSchema): JsonSchema {
  const { type: _type, ...said } = more;
  return Object.keys(said).length > 0 ? { allOf: [reference], ...said } : reference;
}
