import type { JsonSchema } from '../types/async-api.types.js';
import { isBuiltIn, schemaOfBuiltIn } from './built-in.schemas.js';
import type { DescribedProperties, DescribedProperty, Resolve } from './described-property.js';
import { transformedType } from './transformed-type.js';
import type { DescribedClass, SchemaSource } from '../types/schema-source.js';
import { ruleSchema } from './validation.rules.js';

/** What class-validator notes of each decorator. */
interface Validation {
  readonly propertyName: string;
  readonly type: string;
  /** Of versions before 0.14 it is not there. */
  readonly name?: string;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
}

interface ValidationStorage {
  getTargetValidationMetadatas(
    target: unknown,
    schema: string,
    always: boolean,
    strictGroups: boolean,
  ): Validation[];
}

// Where class-validator keeps it for all copies of itself, so that none needs to be loaded to read it.
const STORAGE = 'classValidatorMetadataStorage';
// What others say more exactly.
const VAGUE = ['isNumber', 'isNotEmpty', 'arrayNotEmpty'];

/** The properties that decorators of class-validator stand on. */
export function validatedProperties(type: DescribedClass, resolve: Resolve): DescribedProperties {
  const storage = (globalThis as Record<string, unknown>)[STORAGE] as ValidationStorage | undefined;
  const validations = storage?.getTargetValidationMetadatas(type, '', true, false) ?? [];
  const names = [...new Set(validations.map(({ propertyName }) => propertyName))];
  return new Map(
    names.map((name) => {
      const ofIt = validations.filter(({ propertyName }) => propertyName === name);
      return [name, toProperty(type, name, ofIt, resolve)];
    }),
  );
}

function toProperty(
  type: DescribedClass,
  name: string,
  validations: readonly Validation[],
  resolve: Resolve,
): DescribedProperty {
  const isNested = validations.some((validation) => validation.type === 'nestedValidation');
  const [each, whole] = [true, false].map((ofItems) =>
    validations.filter((validation) => (validation.each ?? false) === ofItems),
  );
  const base = baseOf(type, name, isNested, resolve);
  const own = rulesOf(whole!);
  const items = { ...(base.items as JsonSchema | undefined), ...rulesOf(each!) };
  const isArray = base.type === 'array' || own.type === 'array' || each!.length > 0;
  const schema = isArray ? { ...base, ...own, type: 'array', items } : { ...base, ...own };
  return { schema, required: !validations.some(isOptional) };
}

function rulesOf(validations: readonly Validation[]): JsonSchema {
  const isVague = ({ name = '' }: Validation) => VAGUE.includes(name);
  const ordered = [...validations.filter(isVague), ...validations.filter((one) => !isVague(one))];
  const schemas = ordered.map(({ name, constraints }) => ruleSchema(name ?? '', constraints));
  return Object.assign({}, ...schemas) as JsonSchema;
}

/** `@IsOptional()` and `@ValidateIf()`: either way it may be left out. */
function isOptional({ type }: Validation): boolean {
  return type === 'conditionalValidation';
}

/** What TypeScript keeps of its type, and class-transformer's `@Type()` says. */
function baseOf(
  type: DescribedClass,
  name: string,
  isNested: boolean,
  resolve: Resolve,
): JsonSchema {
  const declared: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
  const given = isNested ? transformedType(type, name) : undefined;
  if (declared === Array) return { type: 'array', items: resolve(given) };
  if (given !== undefined) return resolve(given);
  if (isBuiltIn(declared)) return schemaOfBuiltIn(declared);
  return typeof declared === 'function' ? resolve(declared as SchemaSource) : {};
}
