import { HttpStatus } from '@nestjs/common';
import { ErrorCode } from '../../protocol/error-body.js';
import type { DocumentedError } from '../decorators/documentation.js';
import type { JsonSchema } from '../types/async-api.types.js';
import type { DocumentDraft } from './document.draft.js';
import { BY_ID, numberedMessage } from './wire.messages.js';

const ERROR: JsonSchema = { $ref: '#/components/schemas/SocketError' };
const CODE: JsonSchema = { $ref: '#/components/schemas/ErrorCode' };
const ANY_REQUEST = {
  type: 'string',
  description: 'The name of the request that failed.',
} as const;

/** The key of the message with which every handler may answer. */
export const ERROR_MESSAGE = 'error';

/** What every error reply has in common, and those that any handler may answer with. */
export function addErrors(draft: DocumentDraft, own: readonly DocumentedError[]): void {
  draft.schemas.add('ErrorCode', codeSchema(own));
  draft.schemas.add('SocketError', {
    type: 'object',
    description: 'Why a request failed. The connection goes on.',
    properties: {
      code: CODE,
      message: { type: 'string', description: 'For people.' },
      details: { description: 'For example what validation found.' },
    },
    required: ['code', 'message'],
  });
  const payload = numberedMessage('', { error: ERROR });
  draft.addMessage(ERROR_MESSAGE, {
    name: ERROR_MESSAGE,
    title: 'Error reply',
    summary: 'The request failed.',
    correlationId: BY_ID,
    payload: { ...payload, properties: { ...payload.properties, request: ANY_REQUEST } },
  });
}

/** The key of the error reply of a handler, which has one of its own if it has errors of its own. */
export function addErrorReply(
  draft: DocumentDraft,
  name: string,
  errors: readonly DocumentedError[],
): string {
  if (errors.length === 0) return ERROR_MESSAGE;
  const code = { anyOf: [...errors.map(toSchema), CODE] };
  const error = { allOf: [ERROR], properties: { code } };
  return draft.addMessage(`${name}.error`, {
    name,
    title: `${name}: error reply`,
    summary: 'The request failed.',
    correlationId: BY_ID,
    payload: numberedMessage(name, { error }),
  });
}

function codeSchema(own: readonly DocumentedError[]): JsonSchema {
  const statuses = Object.values(HttpStatus).filter(isFailure);
  return {
    description: 'Stable; what a program acts on.',
    anyOf: [
      { type: 'string', enum: Object.values(ErrorCode), description: 'Of the framework.' },
      ...own.map(toSchema),
      { type: 'string', enum: statuses, description: 'The status of an HTTP exception.' },
      { type: 'string', description: 'Whatever else a handler chose.' },
    ],
  };
}

// An enum of numbers also has its names for values.
function isFailure(name: number | string): boolean {
  const status = HttpStatus[name as keyof typeof HttpStatus] as unknown;
  return typeof name === 'string' && typeof status === 'number' && status >= 400;
}

function toSchema({ code, description }: DocumentedError): JsonSchema {
  return { const: code, ...(description !== undefined && { description }) };
}
