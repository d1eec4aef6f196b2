import type { AsyncApiMessage, JsonSchema } from '../types/async-api.types.js';

const ID: JsonSchema = { $ref: '#/components/schemas/MessageId' };

/** Of a request and of whatever belongs to it. */
export const BY_ID = {
  location: '$message.payload#/id',
  description: 'The `id` of a request is echoed in everything that belongs to it.',
};

/** The schema under the name `MessageId`. */
export const MESSAGE_ID: JsonSchema = {
  description:
    'Chosen by whoever asks, unique among its open requests. Without one a reply is told by its name alone.',
  oneOf: [{ type: 'string', minLength: 1, maxLength: 64 }, { type: 'integer' }],
  examples: [1],
};

/** Whatever a message has beside its name, which must be there unless it ends in `?`. */
export type Fields = Readonly<Record<string, JsonSchema>>;

/** A message as it travels: PROTOCOL.md, section 5. */
export function wireMessage(request: string, fields: Fields): JsonSchema {
  const entries = Object.entries(fields).map(
    ([name, schema]) => [name.replace(/\?$/, ''), schema] as const,
  );
  const required = Object.keys(fields).filter((name) => !name.endsWith('?'));
  return {
    type: 'object',
    properties: { request: { type: 'string', const: request }, ...Object.fromEntries(entries) },
    required: ['request', ...required],
  };
}

/** The same of a request, an answer to one and so on, which may have an `id`. */
export function numberedMessage(request: string, fields: Fields): JsonSchema {
  return wireMessage(request, { 'id?': ID, ...fields });
}

/** An example of a message, where one of its data was given. */
export function exampleOf(
  request: string,
  data: unknown,
  id?: number,
): Pick<AsyncApiMessage, 'examples'> {
  if (data === undefined) return {};
  return { examples: [{ payload: { request, ...(id !== undefined && { id }), data } }] };
}
