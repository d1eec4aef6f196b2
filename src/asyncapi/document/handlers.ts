import type { FoundHandler } from '../../handlers/handlers.explorer.js';
import { SharedKeyAuthHandler } from '../../handlers/shared-key.auth-handler.js';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { AUTH } from '../../protocol/message-name.js';
import type { SocketOperationOptions } from '../decorators/documentation.js';
import { operationOf } from '../decorators/socket-operation.decorator.js';
import type { JsonSchema } from '../types/async-api.types.js';
import { saidOf, tagsOf } from './described.js';
import type { DocumentDraft } from './document.draft.js';
import { addErrorReply } from './errors.js';
import { declaredData, declaredReturn } from './handler.signature.js';
import { BY_ID, exampleOf, numberedMessage, type Fields } from './wire.messages.js';

const SHARED_KEY: JsonSchema = {
  type: 'object',
  properties: {
    authKey: { type: 'string', description: 'The secret that clients share with the server.' },
    role: { type: 'string', description: 'What the peer claims to be.' },
  },
  required: ['authKey'],
};
const STREAM_FIELDS: Fields = {
  'stream?': { const: true, description: 'Each value is wanted, and not only the last one.' },
  'credit?': {
    type: 'integer',
    minimum: 1,
    description: 'How many values the client takes for now. Without it, as many as there are.',
  },
};

/** What there is to say about one handler. */
interface HandlerTexts {
  readonly name: string;
  readonly options: SocketOperationOptions;
  readonly data: JsonSchema | undefined;
  readonly response: JsonSchema;
  readonly isStream: boolean;
}

/** A request, what answers it, and the operation that both are part of. */
export function addHandler(
  draft: DocumentDraft,
  found: FoundHandler,
  socketsOptions: ResolvedSocketsOptions,
): void {
  const handler = describe(draft, found);
  const { name, options } = handler;
  const request = addRequest(draft, handler);
  const isAuth = name === AUTH;
  const kind = isAuth ? 'authentication' : handler.isStream ? 'streams' : 'requests';
  draft.addOperation(`receive.${name}`, {
    action: 'receive',
    title: name,
    ...saidOf(options),
    tags: tagsOf(options, kind),
    messages: [request],
    reply: isAuth ? addAuthReply(draft, handler, socketsOptions) : addReplies(draft, handler),
    ...(found.skipAuth && { 'x-skip-auth': true }),
  });
}

function describe(draft: DocumentDraft, found: FoundHandler): HandlerTexts {
  const { name, type, methodName } = found;
  const method = (type.prototype as Record<string, object>)[methodName];
  const options = { ...(found.kind === 'class' && operationOf(type)), ...operationOf(method) };
  const returned = declaredReturn(found);
  return {
    name,
    options,
    data: dataOf(draft, found, options),
    response: draft.schemas.resolve(options.response ?? returned.type, `${name}.response`),
    isStream: options.stream ?? returned.isStream,
  };
}

function dataOf(
  { schemas }: DocumentDraft,
  found: FoundHandler,
  { payload }: SocketOperationOptions,
): JsonSchema | undefined {
  if (payload) return schemas.resolve(payload, `${found.name}.data`);
  const data = declaredData(found, schemas);
  const isShared = found.name === AUTH && isSharedKey(found) && isUnknown(data);
  return isShared ? SHARED_KEY : data;
}

function isSharedKey({ type }: FoundHandler): boolean {
  return type === SharedKeyAuthHandler || type.prototype instanceof SharedKeyAuthHandler;
}

function isUnknown(schema: JsonSchema | undefined): boolean {
  return Object.keys(schema ?? {}).length === 0;
}

function addRequest(draft: DocumentDraft, { name, options, data, isStream }: HandlerTexts): string {
  const field: Fields = data ? { [isUnknown(data) ? 'data?' : 'data']: data } : {};
  return draft.addMessage(`${name}.request`, {
    name,
    title: `${name}: request`,
    ...saidOf(options),
    correlationId: BY_ID,
    payload: numberedMessage(name, { ...field, ...(isStream && STREAM_FIELDS) }),
    ...exampleOf(name, options.example, 1),
  });
}

function addReplies(
  draft: DocumentDraft,
  { name, options, response, isStream }: HandlerTexts,
): string[] {
  const add = (kind: string, summary: string, fields: Fields) =>
    draft.addMessage(`${name}.${kind}`, {
      name,
      title: `${name}: ${kind}`,
      summary,
      correlationId: BY_ID,
      payload: numberedMessage(name, fields),
    });
  const error = addErrorReply(draft, name, options.errors ?? []);
  if (!isStream) return [add('reply', 'What the handler returned.', { response }), error];
  return [
    add('credit', 'The stream begins, and waits for the client when so many values were sent.', {
      credit: { type: 'integer', minimum: 1 },
    }),
    add('item', 'One value of the stream.', { item: response }),
    add('done', 'The stream is over.', { done: { const: true } }),
    add('reply', 'The last value, to whoever did not ask for all of them.', { response }),
    error,
  ];
}

/** Who is refused is not answered, but closed. */
function addAuthReply(
  draft: DocumentDraft,
  { name, response }: HandlerTexts,
  { encryption, versions }: ResolvedSocketsOptions,
): string[] {
  const sessionKey: JsonSchema = {
    type: 'string',
    contentEncoding: 'base64',
    description: 'Of version 1: the 32 bytes under which everything after this is sealed.',
  };
  const hasKey = encryption && versions.includes(1);
  const key = draft.addMessage(`${name}.reply`, {
    name,
    title: 'auth: reply',
    summary: 'The client has authenticated. One that is refused is closed with 4401.',
    correlationId: BY_ID,
    payload: numberedMessage(name, { response, ...(hasKey && { 'sessionKey?': sessionKey }) }),
  });
  return [key];
}
