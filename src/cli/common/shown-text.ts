import { isSocketsError, RemoteError } from '../../protocol/sockets.errors.js';

// What JSON leaves as it is and a terminal may obey, or take for the end of a line.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Text of a peer, without power over the terminal that shows it. */
export function plainText(text: string): string {
  return text.replace(CONTROLS, escaped);
}

/** JSON on one line, which any program reads and no terminal obeys. Bytes are `{ "base64": … }`. */
export function jsonText(value: unknown): string {
  const json = JSON.stringify(value, (_key, part: unknown) => withoutBytes(part)) ?? 'null';
  return plainText(json);
}

/** What a program is told of an error. */
export interface ErrorObject {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

export function errorObject(error: unknown): ErrorObject {
  if (!isSocketsError(error)) return { code: 'FAILED', message: textOf(error) };
  const { code, message } = error;
  const details = error instanceof RemoteError ? error.details : undefined;
  return { code, message, ...(details !== undefined && { details }) };
}

/** What somebody who reads is told of it. */
export function errorText(error: unknown): string {
  return errorLine(errorObject(error));
}

export function errorLine({ code, message, details }: ErrorObject): string {
  const text = plainText(`${code}: ${message}`);
  return details === undefined ? text : `${text} ${jsonText(details)}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// A Buffer has made itself an object of numbers before anybody is asked.
function withoutBytes(part: unknown): unknown {
  if (part instanceof Uint8Array) return { base64: Buffer.from(part).toString('base64') };
  const { type, data } = (part ?? {}) as { type?: unknown; data?: unknown };
  if (type !== 'Buffer' || !Array.isArray(data)) return part;
  return { base64: Buffer.from(data as number[]).toString('base64') };
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
