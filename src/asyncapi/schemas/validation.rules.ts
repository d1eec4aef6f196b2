import type { JsonSchema } from '../types/async-api.types.js';

type Rule = (constraints: readonly unknown[]) => JsonSchema;

const format = (name: string): Rule => {
  const schema = { type: 'string', format: name };
  return () => schema;
};
const text = (pattern: string): Rule => {
  const schema = { type: 'string', pattern };
  return () => schema;
};

/** What decorators of class-validator mean in JSON Schema, by the names under which they are noted. */
const RULES: Readonly<Record<string, Rule>> = {
  isString: () => ({ type: 'string' }),
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  isDate: format('date-time'),
  isArray: () => ({ type: 'array' }),

  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  isDivisibleBy: ([multipleOf]) => ({ multipleOf }),
  isLatitude: () => ({ minimum: -90, maximum: 90 }),
  isLongitude: () => ({ minimum: -180, maximum: 180 }),
  isPort: text('^\\d{1,5}$'),

  isLength: ([minLength, maxLength]) => ({
    minLength,
    ...(maxLength !== undefined && { maxLength }),
  }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  isNotEmpty: () => ({ minLength: 1 }),
  matches: ([pattern]) => ({ pattern: pattern instanceof RegExp ? pattern.source : pattern }),
  contains: ([seed]) => ({ pattern: escaped(seed) }),
  isAlpha: text('^[A-Za-z]+$'),
  isAlphanumeric: text('^[A-Za-z0-9]+$'),
  isHexadecimal: text('^(0x|0h)?[0-9A-Fa-f]+$'),
  isMongoId: text('^[0-9A-Fa-f]{24}$'),
  isNumberString: text('^[+-]?\\d*\\.?\\d+$'),
  isEmail: format('email'),
  isUrl: format('uri'),
  isUuid: format('uuid'),
  // A day without a time will do, too.
  isIso8601: format('iso-8601'),
  isDateString: format('iso-8601'),
  isRFC3339: format('date-time'),
  isFqdn: format('hostname'),
  isIp: ([version]) => ({ type: 'string', ...(isText(version) && { format: `ipv${version}` }) }),
  isBase64: () => ({ type: 'string', contentEncoding: 'base64' }),
  isJson: () => ({ type: 'string', contentMediaType: 'application/json' }),
  isJwt: format('jwt'),
  isMobilePhone: format('phone'),
  isPhoneNumber: format('phone'),
  isStrongPassword: format('password'),

  isIn: ([values]) => ({ enum: valuesOf(values) }),
  isNotIn: ([values]) => ({ not: { enum: valuesOf(values) } }),
  isEnum: ([entity, values]) => ({ enum: valuesOf(values ?? entity) }),
  equals: ([value]) => ({ const: value }),
  notEquals: ([value]) => ({ not: { const: value } }),

  arrayMinSize: ([minItems]) => ({ type: 'array', minItems }),
  arrayMaxSize: ([maxItems]) => ({ type: 'array', maxItems }),
  arrayNotEmpty: () => ({ type: 'array', minItems: 1 }),
  arrayUnique: () => ({ type: 'array', uniqueItems: true }),
};

/** Nothing for a decorator that JSON Schema has no words for, as one of the application's own. */
export function ruleSchema(name: string, constraints: readonly unknown[] = []): JsonSchema {
  return Object.hasOwn(RULES, name) ? RULES[name]!(constraints) : {};
}

function valuesOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values;
  return typeof values === 'object' && values !== null ? Object.values(values) : [];
}

// The version of IP: 4, '4', and so on.
function isText(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

function escaped(seed: unknown): string {
  return String(seed).replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
