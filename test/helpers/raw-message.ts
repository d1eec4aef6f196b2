export type MessageId = string | number;

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** Any message of section 5, as it comes out of `JSON.parse`. */
export interface WireMessage {
  readonly request: string;
  readonly id?: MessageId;
  readonly data?: unknown;
  readonly response?: unknown;
  readonly error?: WireError;
  readonly item?: unknown;
  readonly done?: true;
  readonly stream?: true;
  readonly cancel?: true;
  readonly sessionKey?: string;
}

/** R4.1, R4.2 and R4.4, as far as a test needs them of its peer. */
export function readMessage(plaintext: Buffer): WireMessage {
  const message: unknown = JSON.parse(decodeUtf8(plaintext));
  if (!isWireMessage(message)) throw new Error(`Not a message: ${plaintext.toString('utf8')}`);
  return message;
}

/** A reply in the widest sense: the answer, good or bad, to something that this side asked. */
export function isReply(message: WireMessage): boolean {
  return 'response' in message || 'error' in message;
}

function decodeUtf8(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function isWireMessage(value: unknown): value is WireMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (!('request' in value) || !isName(value.request)) return false;
  return !('id' in value) || isId(value.id);
}

function isName(request: unknown): boolean {
  return typeof request === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(request);
}

function isId(id: unknown): boolean {
  if (typeof id === 'string') return id.length >= 1 && id.length <= 64;
  return Number.isSafeInteger(id);
}
