import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { DeclaredPush } from '../decorators/documentation.js';
import { saidOf, tagsOf } from './described.js';
import type { DocumentDraft } from './document.draft.js';
import { ERROR_MESSAGE } from './errors.js';
import { BY_ID, exampleOf, numberedMessage, wireMessage, type Fields } from './wire.messages.js';

const OF_ROOM: Fields = {
  'room?': { type: 'string', description: 'The room that it was published to.' },
  'offset?': { type: 'integer', minimum: 1, description: 'Where it stands in the history of it.' },
};

/** A push, and what a client answers if it can be asked. */
export function addPush(
  draft: DocumentDraft,
  push: DeclaredPush,
  { pushField }: ResolvedSocketsOptions,
): void {
  const { name } = push;
  const data = draft.schemas.resolve(push.payload, `${name}.push`);
  const field = pushField === 'response' ? 'response' : 'data';
  const fields = { [push.payload ? field : `${field}?`]: data, ...OF_ROOM };
  const message = draft.addMessage(`${name}.push`, {
    name,
    title: `${name}: push`,
    ...saidOf(push),
    ...(push.response && { correlationId: BY_ID }),
    payload: push.response ? numberedMessage(name, fields) : wireMessage(name, fields),
    ...exampleOf(name, push.example),
  });
  draft.addOperation(`send.${name}`, {
    action: 'send',
    title: name,
    ...saidOf(push),
    tags: tagsOf(push, 'pushes'),
    messages: [message],
    ...(push.response && { reply: [addAnswer(draft, push), ERROR_MESSAGE] }),
  });
}

function addAnswer(draft: DocumentDraft, { name, response }: DeclaredPush): string {
  return draft.addMessage(`${name}.answer`, {
    name,
    title: `${name}: answer`,
    summary: 'What the hook of the client returned, where the push has an `id`.',
    correlationId: BY_ID,
    payload: numberedMessage(name, { response: draft.schemas.resolve(response, `${name}.answer`) }),
  });
}
