import { isTooDeep } from './json-depth.js';
import { AUTH, isRequestName, REAUTH } from './message-name.js';
import { toJson } from './outgoing-json.js';
import { BytesMessage, type SentMessage } from './sent-message.js';
import { parseSafely } from './safe-json.js';
import type { ErrorBody } from './error-body.js';

/** Correlates a reply with its request: PROTOCOL.md R4.4. */
export type MessageId = string | number;

/** One message as it travels, either way: PROTOCOL.md, section 5. */
export interface WireMessage {
  request: string;
  id?: MessageId;
  data?: unknown;
  response?: unknown;
  error?: ErrorBody;
  item?: unknown;
  done?: boolean;
  stream?: boolean;
  cancel?: boolean;
  /** How many more values of a stream are wanted: PROTOCOL.md R5.13. Not checked yet. */
  credit?: unknown;
  sessionKey?: string;
  /** Milliseconds until the client's credentials expire: PROTOCOL.md R5.16. Not checked yet. */
  expires?: unknown;
  /** The room that a push was published to, or that `sockets.room` tells of: PROTOCOL.md R11.2. */
  room?: unknown;
  /** Where a push stands in the history of its room. Not checked yet. */
  offset?: unknown;
  /** In `auth`: what the client has of rooms with history. Not checked yet. */
  rooms?: unknown;
  /** What caused it: PROTOCOL.md R4.10. Not checked yet. */
  trace?: unknown;
  /** The field that the bytes beside the text are, in version 2: PROTOCOL-V2.md V5.7. */
  bytes?: unknown;
}

const MAX_ID_LENGTH = 64;

/** What came from a peer and is no message. The connection is closed with 4400. */
export class BadMessageError extends Error {
  override readonly name: string = 'BadMessageError';
}

/** Text that nests deeper than `maxJsonDepth`. */
export class TooDeepError extends BadMessageError {
  override readonly name = 'TooDeepError';
}

/** Reads UTF-8 as this platform does it best; undefined for what is none. */
export type TextDecoding = (bytes: Uint8Array) => string | undefined;

/**
 * Reads one message, field by field: PROTOCOL.md, section 4.
 * @param bytes What stood beside it
 * @throws BadMessageError that says which rule was violated
 */
export function readMessage(
  json: Uint8Array,
  maxDepth: number,
  decode: TextDecoding,
  bytes?: Uint8Array,
): WireMessage {
  if (isTooDeep(json, maxDepth)) throw new TooDeepError(`nested more than ${maxDepth} deep`);
  const text = decode(json);
  if (text === undefined) throw new BadMessageError('not UTF-8');
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadMessageError('not a JSON object');
  }
  const message = value as WireMessage;
  if (!isRequestName(message.request)) throw new BadMessageError('request is no valid name');
  if (message.id !== undefined && !isMessageId(message.id)) throw new BadMessageError('invalid id');
  if (bytes !== undefined) putBytes(message, bytes);
  return message;
}

function putBytes(message: WireMessage, bytes: Uint8Array): void {
  const field = message.bytes;
  const isField = field === 'data' || field === 'response' || field === 'item';
  if (!isField || message[field] !== undefined) throw new BadMessageError('bytes of no field');
  message[field] = bytes;
}

function parseJson(text: string): unknown {
  try {
    return parseSafely(text);
  } catch (cause) {
    throw new BadMessageError('not valid JSON, or a forbidden key', { cause });
  }
}

function isMessageId(id: unknown): id is MessageId {
  if (typeof id === 'string') return id.length > 0 && id.length <= MAX_ID_LENGTH;
  return Number.isSafeInteger(id);
}

type Field = 'data' | 'response' | 'item' | 'error';

/** What a field of a message is made of: JSON text, bytes, or nothing. */
export type Payload = string | Uint8Array | undefined;

/**
 * Bytes are copied, so that whoever sent them may use their memory again.
 * @throws SocketsError `INVALID_MESSAGE` for what no receiver would take
 */
export function toPayload(request: string, value: unknown): Payload {
  return value instanceof Uint8Array ? new Uint8Array(value) : toJson(request, value);
}

/**
 * A message with one payload, `null` where there is none. Joining strings instead of
 * stringifying a wrapper object saves a fifth of the cost; a name has no character that JSON would
 * escape (R4.2).
 * @throws SocketsError `INVALID_MESSAGE` for what no receiver would take
 */
export function formatMessage(
  request: string,
  id: MessageId | undefined,
  field: Field,
  payload: unknown,
  trace?: string,
): SentMessage {
  return formatPayload(request, id, field, toPayload(request, payload) ?? 'null', trace);
}

/** What a client sends: without `data` where there is none (PROTOCOL.md R4.8). */
export function formatRequest(
  request: string,
  id: MessageId | undefined,
  data: unknown,
  trace?: string,
): SentMessage {
  return formatPayload(request, id, 'data', toPayload(request, data), trace);
}

/** A push that stands in the history of a room: PROTOCOL.md R11.2. */
export function formatPublished(
  request: string,
  field: Field,
  payload: Payload,
  { room, offset }: { room: string; offset: number },
): SentMessage {
  const beginning = `${head(request, undefined)},"room":${JSON.stringify(room)},"offset":${offset}`;
  return withPayload(request, beginning, field, payload);
}

/** A message with that payload, or without any. */
export function formatPayload(
  request: string,
  id: MessageId | undefined,
  field: Field,
  payload: Payload,
  trace?: string,
): SentMessage {
  return withPayload(request, head(request, id, trace), field, payload);
}

function withPayload(
  request: string,
  beginning: string,
  field: Field,
  payload: Payload,
): SentMessage {
  if (payload === undefined) return `${beginning}}`;
  if (typeof payload === 'string') return `${beginning},"${field}":${payload}}`;
  return new BytesMessage(request, `${beginning},"bytes":"${field}"}`, payload);
}

/** Whether its payload is in a field of a reply; `data` is that of a push or an ask. */
export function isReply({ response, error, item, done, credit }: WireMessage): boolean {
  if (response !== undefined || error !== undefined || item !== undefined) return true;
  return done === true || credit !== undefined;
}

/** What a client shows the `auth` handler, and what it has of rooms: PROTOCOL.md R11.7. */
export function formatAuth(
  request: string,
  id: MessageId,
  authData: unknown,
  rooms: object | undefined,
): SentMessage {
  const named = rooms === undefined ? '' : `,"rooms":${toJson(request, rooms)}`;
  return withPayload(request, `${head(request, id)}${named}`, 'data', toPayload(request, authData));
}

/** A handler's reply; undefined when there is none: PROTOCOL.md R5.5. */
export function formatReply(
  { request, id }: WireMessage,
  response: unknown,
): SentMessage | undefined {
  const isNothing = response === undefined || response === null;
  return isNothing && id === undefined
    ? undefined
    : formatMessage(request, id, 'response', response);
}

/** What asks for every value of a handler: PROTOCOL.md, 5.1. */
export function formatStreamRequest(
  request: string,
  id: MessageId,
  data: unknown,
  credit: number,
  trace?: string,
): SentMessage {
  const beginning = `${head(request, id, trace)},"stream":true,"credit":${credit}`;
  return withPayload(request, beginning, 'data', toPayload(request, data));
}

/** The text that gives credit for more values, or says with how many a stream begins: R5.13. */
export function formatCredit(request: string, id: MessageId, credit: number): string {
  return `${head(request, id)},"credit":${credit}}`;
}

/** The text that tells when a client's credentials expire: R5.16. */
export function formatExpiry(milliseconds: number): string {
  return `${head(REAUTH, undefined)},"expires":${milliseconds}}`;
}

/** Whether the `credit` of a message is one; as anything else it is ignored (R4.5). */
export function isCredit(credit: unknown): credit is number {
  return Number.isSafeInteger(credit) && (credit as number) > 0;
}

/** The text that ends a stream: PROTOCOL.md R5.11. */
export function formatStreamEnd(request: string, id: MessageId): string {
  return `${head(request, id)},"done":true}`;
}

function head(request: string, id: MessageId | undefined, trace?: string): string {
  const named =
    id === undefined
      ? `{"request":"${request}"`
      : `{"request":"${request}","id":${JSON.stringify(id)}`;
  return trace === undefined ? named : `${named},"trace":${JSON.stringify(trace)}`;
}

/** The text of the reply that ends a successful authentication: PROTOCOL.md, 5.2. */
export function formatAuthenticated(
  id: MessageId | undefined,
  response: unknown,
  sessionKey: string | undefined,
): string {
  const key = sessionKey === undefined ? '' : `,"sessionKey":${JSON.stringify(sessionKey)}`;
  return `${head(AUTH, id)},"response":${toJson(AUTH, response) ?? 'null'}${key}}`;
}
