import { AUTH, HEART_BEAT, REAUTH, ROOM } from '../../protocol/message-name.js';
import type { JsonSchema } from '../types/async-api.types.js';
import type { DocumentDraft } from './document.draft.js';
import { ERROR_MESSAGE } from './errors.js';
import { BY_ID, numberedMessage, wireMessage } from './wire.messages.js';

const TAGS = ['framework'];
const ROOM_EVENT: JsonSchema = {
  type: 'object',
  properties: {
    event: { type: 'string', enum: ['entered', 'moved', 'exited', 'joined', 'left'] },
    room: { type: 'string' },
    epoch: { type: 'string', description: '`entered`: of the history.' },
    offset: {
      type: 'integer',
      description: '`entered`, `moved`: every message behind it follows.',
    },
    recovered: { type: 'boolean', description: '`entered`: nothing is missing.' },
    state: { description: '`entered`: what the application has of the room, as of then.' },
    member: { $ref: '#/components/schemas/RoomMember' },
  },
  required: ['event', 'room'],
};
const ROOM_MEMBER: JsonSchema = {
  type: 'object',
  description: '`joined`, `left`: somebody else in the room.',
  properties: {
    id: { type: 'integer' },
    since: { type: 'integer', description: 'Milliseconds since 1970.' },
    info: { description: 'What the application tells others of it.' },
  },
  required: ['id', 'since'],
};

/** What the framework itself says: PROTOCOL.md, sections 5 and 11. */
export function addFramework(draft: DocumentDraft): void {
  addHeartBeat(draft);
  addReauth(draft);
  addRooms(draft);
}

function addHeartBeat(draft: DocumentDraft): void {
  const request = draft.addMessage(`${HEART_BEAT}.request`, {
    name: HEART_BEAT,
    title: 'heartBeat: request',
    correlationId: BY_ID,
    payload: numberedMessage(HEART_BEAT, {}),
  });
  const reply = draft.addMessage(`${HEART_BEAT}.reply`, {
    name: HEART_BEAT,
    title: 'heartBeat: reply',
    correlationId: BY_ID,
    payload: numberedMessage(HEART_BEAT, { response: { const: true } }),
  });
  draft.addOperation(`receive.${HEART_BEAT}`, {
    action: 'receive',
    title: HEART_BEAT,
    summary: 'The client lives, and asks whether the server does.',
    tags: TAGS,
    messages: [request],
    reply: [reply],
  });
}

function addReauth(draft: DocumentDraft): void {
  const shown = draft.messages.get(`${AUTH}.request`)?.payload.properties?.data ?? {};
  const request = draft.addMessage(`${REAUTH}.request`, {
    name: REAUTH,
    title: 'reauth: request',
    correlationId: BY_ID,
    payload: numberedMessage(REAUTH, { 'data?': shown }),
  });
  const reply = draft.addMessage(`${REAUTH}.reply`, {
    name: REAUTH,
    title: 'reauth: reply',
    correlationId: BY_ID,
    payload: numberedMessage(REAUTH, { response: {} }),
  });
  draft.addOperation(`receive.${REAUTH}`, {
    action: 'receive',
    title: REAUTH,
    summary: 'New credentials, on the connection that there is. Refused ones close it with 4401.',
    tags: TAGS,
    messages: [request],
    reply: [reply, ERROR_MESSAGE],
  });
  addExpiry(draft);
}

function addExpiry(draft: DocumentDraft): void {
  const expires = { type: 'number', description: 'Milliseconds until they expire.' };
  const push = draft.addMessage(`${REAUTH}.push`, {
    name: REAUTH,
    title: 'reauth: push',
    payload: wireMessage(REAUTH, { expires }),
  });
  draft.addOperation(`send.${REAUTH}`, {
    action: 'send',
    title: REAUTH,
    summary: 'The credentials of the client expire.',
    tags: TAGS,
    messages: [push],
  });
}

function addRooms(draft: DocumentDraft): void {
  draft.schemas.add('RoomMember', ROOM_MEMBER);
  const data = draft.schemas.add('RoomEvent', ROOM_EVENT);
  const push = draft.addMessage(`${ROOM}.push`, {
    name: ROOM,
    title: `${ROOM}: push`,
    payload: wireMessage(ROOM, { data }),
  });
  draft.addOperation(`send.${ROOM}`, {
    action: 'send',
    title: ROOM,
    summary: 'What happens to the client in a room that it is in.',
    tags: TAGS,
    messages: [push],
  });
}
