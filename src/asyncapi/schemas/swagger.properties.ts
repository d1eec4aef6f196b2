import type { JsonSchema } from '../types/async-api.types.js';
import {
  withReference,
  type DescribedProperties,
  type DescribedProperty,
  type Resolve,
} from './described-property.js';
import type { DescribedClass, SchemaSource } from '../types/schema-source.js';

// What @nestjs/swagger writes; it need not be there to read it.
const NAMES = 'swagger/apiModelPropertiesArray';
const PROPERTY = 'swagger/apiModelProperties';
const SCHEMA = 'swagger/apiSchema';
// What its plugin for the compiler writes into classes.
const PLUGIN = '_OPENAPI_METADATA_FACTORY';

/** A property's options, of which some are no JSON Schema. */
interface PropertyOptions extends Record<string, unknown> {
  readonly type?: unknown;
  readonly isArray?: boolean;
  readonly required?: boolean;
  readonly enum?: unknown;
  readonly items?: JsonSchema;
  readonly nullable?: boolean;
  readonly example?: unknown;
}

const NO_SCHEMA = ['type', 'isArray', 'required', 'enum', 'items', 'nullable', 'example'];
const OF_OPENAPI = ['enumName', 'enumSchema', 'name', 'selfRequired', 'link', 'schema', 'xml'];
const BOUNDS = [
  ['exclusiveMinimum', 'minimum'],
  ['exclusiveMaximum', 'maximum'],
] as const;

/** The properties that `@ApiProperty()` stands on, or that the plugin has found. */
export function swaggerProperties(type: DescribedClass, resolve: Resolve): DescribedProperties {
  const prototype = type.prototype as object;
  const listed = (Reflect.getMetadata(NAMES, prototype) ?? []) as readonly string[];
  const found = pluginProperties(type);
  const names = new Set([...found.keys(), ...listed.map((name) => name.replace(/^:/, ''))]);
  return new Map(
    [...names].map((name) => {
      const written = Reflect.getMetadata(PROPERTY, prototype, name) as PropertyOptions | undefined;
      return [name, toProperty({ ...found.get(name), ...written }, resolve)];
    }),
  );
}

/** What is said about the class itself, by `@ApiSchema()`. */
export function swaggerDescription(type: DescribedClass): JsonSchema {
  const [schema] = (Reflect.getOwnMetadata(SCHEMA, type) ?? []) as readonly JsonSchema[];
  const { title, description } = schema ?? {};
  return { ...(title && { title }), ...(description && { description }) };
}

function pluginProperties(type: DescribedClass): ReadonlyMap<string, PropertyOptions> {
  const factory = (type as unknown as Record<string, unknown>)[PLUGIN];
  if (typeof factory !== 'function') return new Map();
  const found = (factory as () => Record<string, PropertyOptions>).call(type);
  return new Map(Object.entries(found));
}

function toProperty(options: PropertyOptions, resolve: Resolve): DescribedProperty {
  const more = { ...enumOf(options), ...restOf(options) };
  const isItem = options.isArray === true || Array.isArray(options.type);
  const isArray = isItem && options.type !== 'array';
  const item = typeOf(options, resolve);
  const schema = isArray ? { type: 'array', items: item, ...more } : beside(item, more);
  return { schema: nullable(schema, options), required: options.required };
}

function beside(schema: JsonSchema, more: JsonSchema): JsonSchema {
  return schema.$ref === undefined ? { ...schema, ...more } : withReference(schema, more);
}

function typeOf({ type, items }: PropertyOptions, resolve: Resolve): JsonSchema {
  const [given] = [called(type)].flat();
  if (typeof given === 'string') return { type: given, ...(items && { items }) };
  if (typeof given === 'function') return resolve(given as SchemaSource);
  return typeof given === 'object' && given !== null ? objectOf(given, resolve) : {};
}

/** Properties in place of a class: `type: { name: { type: String } }`. */
function objectOf(properties: object, resolve: Resolve): JsonSchema {
  const entries = Object.entries(properties as Record<string, PropertyOptions>);
  const schemas = entries.map(([name, options]) => [name, toProperty(options, resolve).schema]);
  return { type: 'object', properties: Object.fromEntries(schemas) as Record<string, JsonSchema> };
}

/** A class, or the function that gives it, where classes refer to each other. */
function called(type: unknown): unknown {
  if (typeof type !== 'function') return type;
  const isLazy = type.prototype === undefined || type.name === 'type';
  return isLazy ? (type as () => unknown)() : type;
}

function enumOf({ enum: values }: PropertyOptions): JsonSchema {
  const given = typeof values === 'function' ? (values as () => unknown)() : values;
  if (typeof given !== 'object' || given === null) return {};
  return { enum: Object.values(given) };
}

function restOf(options: PropertyOptions): JsonSchema {
  const dropped = [...NO_SCHEMA, ...OF_OPENAPI];
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!dropped.includes(name) && value !== undefined) rest[name] = value;
  }
  // OpenAPI 3.0 says with a boolean whether the bound itself is excluded.
  for (const [exclusive, bound] of BOUNDS) {
    const isExcluded = rest[exclusive];
    if (typeof isExcluded !== 'boolean') continue;
    delete rest[exclusive];
    if (isExcluded) [rest[exclusive], rest[bound]] = [rest[bound], undefined];
    if (rest[bound] === undefined) delete rest[bound];
  }
  return options.example === undefined ? rest : { ...rest, examples: [options.example] };
}

function nullable(schema: JsonSchema, options: PropertyOptions): JsonSchema {
  if (options.nullable !== true) return schema;
  return { anyOf: [schema, { type: 'null' }] };
}
