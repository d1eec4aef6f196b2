import type { JsonSchema } from '../types/async-api.types.js';
import { describeClass } from './class.schema.js';
import { isBuiltIn, schemaOfBuiltIn } from './built-in.schemas.js';
import {
  isStandardSchema,
  type DescribedClass,
  type SchemaSource,
} from '../types/schema-source.js';
import { toJsonSchema } from './standard.schema.js';

const PREFIX = '#/components/schemas/';
// What the keys of components may be made of.
const NOT_IN_KEYS = /[^\w.-]+/g;

/** The schemas of a document: each class once, under its name, and whatever else stands where it is used. */
export class SchemaRegistry {
  private readonly schemas = new Map<string, JsonSchema>();
  private readonly keys = new Map<unknown, string>();

  /** All that have a name, in the order in which they were met. */
  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.schemas);
  }

  /**
   * @param hint What a schema without a name of its own is called, should it need one
   */
  resolve(source: SchemaSource | undefined, hint: string): JsonSchema {
    if (source === undefined) return {};
    if (Array.isArray(source)) {
      const [item] = source as readonly [SchemaSource | undefined];
      return { type: 'array', items: this.resolve(item, hint) };
    }
    if (isStandardSchema(source)) return this.ofStandard(source, hint);
    if (typeof source !== 'function') return source as JsonSchema;
    if (isBuiltIn(source)) return schemaOfBuiltIn(source);
    return this.ofClass(source);
  }

  /** Puts a schema of the framework's own under a name. */
  add(key: string, schema: JsonSchema): JsonSchema {
    this.schemas.set(key, schema);
    return { $ref: PREFIX + key };
  }

  private ofClass(type: DescribedClass): JsonSchema {
    const known = this.keys.get(type);
    if (known !== undefined) return { $ref: PREFIX + known };
    const key = this.reserve(type, type.name);
    const schema = describeClass(type, (source) => this.resolve(source, type.name));
    return this.add(key, schema);
  }

  /** One that points at parts of itself has a place of its own, and points there. */
  private ofStandard(source: object, hint: string): JsonSchema {
    const known = this.keys.get(source);
    if (known !== undefined) return { $ref: PREFIX + known };
    const schema = toJsonSchema(source);
    if (!JSON.stringify(schema).includes('"$ref":"#')) return schema;
    const key = this.reserve(source, hint);
    return this.add(key, moveReferences(schema, PREFIX + key));
  }

  /** A key that nobody has, taken at once, so that what refers to itself finds it. */
  private reserve(source: unknown, name: string): string {
    const stem = name.replace(NOT_IN_KEYS, '_') || 'Anonymous';
    let key = stem;
    for (let count = 2; this.schemas.has(key); count++) key = `${stem}${count}`;
    this.keys.set(source, key);
    this.schemas.set(key, {});
    return key;
  }
}

/** The same schema, for a place that is not the root of its document. */
function moveReferences(schema: JsonSchema, place: string): JsonSchema {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace(/^#/, place) : value,
  );
  return JSON.parse(text) as JsonSchema;
}
