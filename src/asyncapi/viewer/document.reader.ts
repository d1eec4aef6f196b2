import type {
  AsyncApiDocument,
  AsyncApiMessage,
  JsonSchema,
  Reference,
} from '../types/async-api.types.js';

const SCHEMA = '#/components/schemas/';

/** Finds what references of a document point at. */
export class DocumentReader {
  constructor(readonly document: AsyncApiDocument) {}

  /** Of an operation, by way of the channel. */
  message({ $ref }: Reference): AsyncApiMessage | undefined {
    const key = $ref.slice($ref.lastIndexOf('/') + 1);
    return this.document.components.messages[key];
  }

  /** The schema itself, whatever points at it; `{}` for one that is not there. */
  schema(schema: JsonSchema): JsonSchema {
    const name = nameOf(schema);
    return name === undefined ? schema : (this.document.components.schemas[name] ?? {});
  }
}

/** What the items of an array are: one schema for all, or one for each. */
export function itemsOf({ items = [] }: JsonSchema): readonly JsonSchema[] {
  return Array.isArray(items) ? (items as readonly JsonSchema[]) : [items as JsonSchema];
}

/** The name of the schema that a reference points at, or into. */
export function nameOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.startsWith(SCHEMA) ? $ref.slice(SCHEMA.length).split('/')[0] : undefined;
}
