import type { JsonSchema } from '../types/async-api.types.js';
import { itemsOf, nameOf, type DocumentReader } from './document.reader.js';

const MAX_DEPTH = 6;

const OF_FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00Z',
  'iso-8601': '2026-01-31',
  date: '2026-01-31',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '6f1d2c3b-4a59-4687-9b0c-1d2e3f405162',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
};

/** A value that a schema takes, as well as can be told; what is given as one comes first. */
export function makeExample(schema: JsonSchema, reader: DocumentReader, depth = 0): unknown {
  const [given] = schema.examples ?? [];
  if (given !== undefined) return given;
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (depth > MAX_DEPTH) return null;
  if (nameOf(schema) !== undefined) return makeExample(reader.schema(schema), reader, depth + 1);
  const [choice] = schema.oneOf ?? schema.anyOf ?? [];
  if (choice) return makeExample(choice, reader, depth + 1);
  if (schema.allOf) return allOf(schema, schema.allOf, reader, depth);
  return ofType(schema, reader, depth);
}

function allOf(
  schema: JsonSchema,
  parts: readonly JsonSchema[],
  reader: DocumentReader,
  depth: number,
): unknown {
  const examples = parts.map((part) => makeExample(part, reader, depth + 1));
  if (examples.length === 1 && !schema.properties) return examples[0];
  return Object.assign({}, ...examples, objectExample(schema, reader, depth)) as unknown;
}

function ofType(schema: JsonSchema, reader: DocumentReader, depth: number): unknown {
  const [type] = [schema.type].flat();
  if (type === 'object' || schema.properties) return objectExample(schema, reader, depth);
  if (type === 'array') return arrayExample(schema, reader, depth);
  if (type === 'string') return stringExample(schema);
  if (type === 'integer' || type === 'number') return numberExample(schema);
  return type === 'boolean' ? true : null;
}

function objectExample(
  { properties = {} }: JsonSchema,
  reader: DocumentReader,
  depth: number,
): object {
  const examples = Object.entries(properties).map(
    ([name, schema]) => [name, makeExample(schema, reader, depth + 1)] as const,
  );
  return Object.fromEntries(examples);
}

function arrayExample(schema: JsonSchema, reader: DocumentReader, depth: number): unknown[] {
  if (depth >= MAX_DEPTH) return [];
  return itemsOf(schema).map((item) => makeExample(item, reader, depth + 1));
}

function stringExample({ format, minLength, maxLength }: JsonSchema): string {
  const text = OF_FORMATS[format ?? ''] ?? 'text';
  const long = typeof minLength === 'number' ? text.padEnd(Math.min(minLength, 80), '.') : text;
  return typeof maxLength === 'number' ? long.slice(0, maxLength) : long;
}

function numberExample({ minimum, maximum, exclusiveMinimum }: JsonSchema): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof maximum === 'number' ? Math.min(maximum, 1) : 1;
}
