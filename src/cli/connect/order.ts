/** What somebody wants of the server. */
export interface Order {
  readonly kind: 'request' | 'stream' | 'send';
  readonly name: string;
  readonly data: unknown;
  /** Given back with everything that answers it. */
  readonly id?: unknown;
}

type OrderField = 'request' | 'data' | 'id' | 'stream' | 'send';

/** A line that is no order. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
}

export const HELP_COMMAND = '.help';
export const QUIT_COMMAND = '.quit';

export const KINDS = ['request', 'stream', 'send'] as const satisfies readonly Order['kind'][];

/**
 * Reads `name JSON`, with `request`, `stream` or `send` before it, or an order that is JSON itself.
 * @throws OrderError that says what is wrong
 */
export function readOrder(line: string): Order {
  const text = line.trim();
  // A slip in one of the commands is no request.
  if (text.startsWith('.')) throw new OrderError(`There is no "${text}", but ${HELP_COMMAND}.`);
  return text.startsWith('{') ? readObject(text) : readWords(text);
}

function readWords(text: string): Order {
  const [first, rest] = splitWord(text);
  const kind = KINDS.find((known) => known === first);
  if (kind === undefined) return { kind: 'request', name: first, data: readData(first, rest) };
  const [name, data] = splitWord(rest);
  if (name === '') throw new OrderError(`Say what to ${kind}: ${kind} name {"some":"JSON"}`);
  return { kind, name, data: readData(name, data) };
}

function splitWord(text: string): [word: string, rest: string] {
  const end = text.search(/\s/);
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end).trim()];
}

function readData(name: string, text: string): unknown {
  return text === '' ? undefined : parse(text, `The data of "${name}"`);
}

function readObject(text: string): Order {
  const value = parse(text, 'The line') as Partial<Record<OrderField, unknown>>;
  const { request, data, id } = value;
  if (typeof request !== 'string') throw new OrderError('The line has no "request" with a name.');
  return { kind: kindOf(value), name: request, data, ...(id !== undefined && { id }) };
}

function kindOf({ stream, send }: Partial<Record<OrderField, unknown>>): Order['kind'] {
  if (stream === true) return 'stream';
  return send === true ? 'send' : 'request';
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = (error as Error).message;
    throw new OrderError(`${what} is not JSON (${why}). Texts stand in double quotes: "e4"`);
  }
}
