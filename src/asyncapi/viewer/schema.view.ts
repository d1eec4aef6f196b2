import type { JsonSchema } from '../types/async-api.types.js';
import { itemsOf, nameOf, type DocumentReader } from './document.reader.js';
import { html, inline, type Html } from './html.js';

// In every message, and explained once.
const COMMON = ['request', 'id'];

// What is said elsewhere, or nowhere.
const NO_RULES = [
  '$ref',
  'title',
  'description',
  'type',
  'format',
  'const',
  'enum',
  'examples',
  'properties',
  'required',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
];

/** The fields of an object, each with its type, its rules, and the fields below it. */
export function fieldsView({ properties = {}, required = [] }: JsonSchema): Html | undefined {
  const fields = Object.entries(properties);
  if (fields.length === 0) return undefined;
  return html`<ul class="fields">
    ${fields.map(
      ([name, field]) =>
        html`<li>${fieldView(name, field, required.includes(name))}${detailsView(field)}</li>`,
    )}
  </ul>`;
}

/** The same of a message, with the fields of the schemas that it names. */
export function contentView(
  { properties = {}, required = [] }: JsonSchema,
  reader: DocumentReader,
): Html | undefined {
  const fields = Object.entries(properties).filter(([name]) => !COMMON.includes(name));
  if (fields.length === 0) return undefined;
  return html`<ul class="fields">
    ${fields.map(
      ([name, field]) =>
        html`<li>
          ${fieldView(name, field, required.includes(name))}${detailsView(reader.schema(field))}
        </li>`,
    )}
  </ul>`;
}

function fieldView(name: string, schema: JsonSchema, isRequired: boolean): Html {
  const optional = isRequired ? undefined : html` <span class="optional">optional</span>`;
  return html`<code class="name">${name}</code>
    <span class="type">${typeView(schema)}</span>${optional}`;
}

/** What there is to say below the line with the type. */
export function detailsView(schema: JsonSchema): Html {
  const rules = Object.entries(schema).filter(([name]) => !NO_RULES.includes(name));
  return html`${schema.description && html`<p>${inline(schema.description)}</p>`}
  ${rules.length > 0 && html`<p class="rules">${rules.map(ruleView)}</p>`} ${fieldsView(schema)}
  ${itemsOf(schema).map((item) => fieldsView(item))} ${choicesView(schema)}`;
}

function ruleView([name, value]: readonly [string, unknown]): Html {
  return html`<code>${name}: ${JSON.stringify(value)}</code> `;
}

/** Those of several kinds that have more to say than their type. */
function choicesView({ anyOf = [], oneOf = [], allOf = [] }: JsonSchema): readonly Html[] {
  return [...anyOf, ...oneOf, ...allOf]
    .filter(({ description, properties }) => description !== undefined || properties)
    .map((choice) => html`<div class="choice">${typeView(choice)} ${detailsView(choice)}</div>`);
}

/** The type in a few words. */
export function typeView(schema: JsonSchema): Html {
  const name = nameOf(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return html`${schema.enum.map(literal)}`;
  if (schema.allOf) return joined(schema.allOf, ' & ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return joined(choices, ' | ');
  const type = [schema.type ?? []].flat().join(' | ');
  if (type === 'array') return html`array of ${arrayItems(schema)}`;
  return html`${type || (schema.properties ? 'object' : 'anything')}${schema.format && ` (${schema.format})`}`;
}

function arrayItems(schema: JsonSchema): Html {
  const items = itemsOf(schema);
  return items.length > 0 ? joined(items, ', ') : html`anything`;
}

function literal(value: unknown): Html {
  return html`<code>${JSON.stringify(value)}</code> `;
}

function joined(schemas: readonly JsonSchema[], separator: string): Html {
  return html`${schemas.map((one, index) => [index > 0 && separator, typeView(one)])}`;
}
