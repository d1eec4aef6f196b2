import { SocketsError } from '../sockets.errors.js';
import { isTooDeep } from './json-depth.js';
import { parseSafely } from './safe-json.js';
import { decodeText } from './text-encoding.js';
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
  sessionKey?: string;
}

export const AUTH = 'auth';
export const HEART_BEAT = 'heartBeat';

const REQUEST_NAME = /^[A-Za-z][\w.-]{0,63}$/;
const MAX_ID_LENGTH = 64;

/** What came from a peer and is no message. The connection is closed with 4400. */
export class BadMessageError extends Error {
  override readonly name: string = 'BadMessageError';
}

/** Text that nests deeper than `maxJsonDepth`. */
export class TooDeepError extends BadMessageError {
  override readonly name = 'TooDeepError';
}

/** Whether `name` may name a handler: PROTOCOL.md R4.2. */
export function isRequestName(name: unknown): name is string {
  return typeof name === 'string' && REQUEST_NAME.test(name);
}

/**
 * The name of a message that is about to be sent.
 * @throws SocketsError `INVALID_MESSAGE`
 */
export function assertRequestName<Name extends string>(name: Name): Name {
  if (isRequestName(name)) return name;
  throw new SocketsError(
    'INVALID_MESSAGE',
    `${JSON.stringify(name)} cannot name a message: it takes a letter, followed by up to 63 letters, digits, "_", "." or "-".`,
  );
}

/**
 * Reads one message, field by field: PROTOCOL.md, section 4.
 * @throws BadMessageError that says which rule was violated
 */
export function parseMessage(bytes: Buffer, maxDepth: number): WireMessage {
  if (isTooDeep(bytes, maxDepth)) throw new TooDeepError(`nested more than ${maxDepth} deep`);
  const text = decodeText(bytes);
  if (text === undefined) throw new BadMessageError('not UTF-8');
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadMessageError('not a JSON object');
  }
  const message = value as WireMessage;
  if (!isRequestName(message.request)) throw new BadMessageError('request is no valid name');
  if (message.id !== undefined && !isMessageId(message.id)) throw new BadMessageError('invalid id');
  return message;
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

type Payload = 'data' | 'response' | 'item' | 'error';

/**
 * The text of a message with one payload. Joining strings instead of stringifying a wrapper object
 * saves a fifth of the cost; a name has no character that JSON would escape (R4.2).
 */
export function formatMessage(
  request: string,
  id: MessageId | undefined,
  field: Payload,
  payload: unknown,
): string {
  return `${head(request, id)},"${field}":${JSON.stringify(payload) ?? 'null'}}`;
}

/** The text of a handler's reply; undefined when there is none: PROTOCOL.md R5.5. */
export function formatReply({ request, id }: WireMessage, response: unknown): string | undefined {
  const isNothing = response === undefined || response === null;
  return isNothing && id === undefined
    ? undefined
    : formatMessage(request, id, 'response', response);
}

/** The text that ends a stream: PROTOCOL.md R5.11. */
export function formatStreamEnd(request: string, id: MessageId): string {
  return `${head(request, id)},"done":true}`;
}

function head(request: string, id: MessageId | undefined): string {
  return id === undefined
    ? `{"request":"${request}"`
    : `{"request":"${request}","id":${JSON.stringify(id)}`;
}

/** The text of the reply that ends a successful authentication: PROTOCOL.md, 5.2. */
export function formatAuthenticated(
  id: MessageId | undefined,
  response: unknown,
  sessionKey: string | undefined,
): string {
  return JSON.stringify({ request: AUTH, id, response, sessionKey });
}
