import type { JsonSchema } from '../types/async-api.types.js';
import { mergeProperty, type Resolve } from './described-property.js';
import { isStandardSchema, type DescribedClass } from '../types/schema-source.js';
import { swaggerDescription, swaggerProperties } from './swagger.properties.js';
import { validatedProperties } from './validated.properties.js';

/**
 * What a class says about its instances: by the schema that it holds (`static schema`), else by what
 * decorators of class-validator and of @nestjs/swagger stand on its properties. Where both say something,
 * @nestjs/swagger's counts: it is meant for readers.
 */
export function describeClass(type: DescribedClass, resolve: Resolve): JsonSchema {
  const held = (type as { schema?: unknown }).schema;
  if (isStandardSchema(held)) return resolve(held);
  const validated = validatedProperties(type, resolve);
  const documented = swaggerProperties(type, resolve);
  const names = [...new Set([...validated.keys(), ...documented.keys()])];
  const merged = names.map((name) => ({
    name,
    ...mergeProperty(validated.get(name), documented.get(name)),
  }));
  const required = merged.filter((property) => property.required !== false);
  const properties = Object.fromEntries(merged.map(({ name, schema }) => [name, schema]));
  return {
    type: 'object',
    ...swaggerDescription(type),
    ...(merged.length > 0 && { properties }),
    ...(required.length > 0 && { required: required.map(({ name }) => name) }),
  };
}
