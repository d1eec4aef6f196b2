import { inspect } from 'node:util';
import {
  attempt,
  isError,
  MAX_TEXT,
  messageOf as messageIn,
  oneLine,
  shorten,
} from './message-of.js';

export { oneLine };

const MAX_FRAMES = 4_096;

const DETAILS = { depth: 2, customInspect: false, maxArrayLength: 20, maxStringLength: MAX_TEXT };

/** What was thrown, on one line and without its stack, as Node describes it. Never throws itself. */
export function messageOf(thrown: unknown): string {
  return messageIn(thrown, describe);
}

/** The same with its name, the message of its cause, and its stack, if it has them. */
export function traceOf(thrown: unknown): string {
  if (!isError(thrown)) return `threw ${messageOf(thrown)}`;
  const name = attempt(() => textOf(thrown.name)) ?? 'Error';
  const message = attempt(() => textOf(thrown.message)) ?? '';
  const cause = attempt(() => thrown.cause);
  const why = cause === undefined ? '' : ` (cause: ${messageOf(cause)})`;
  return `${name}: ${message}${why}${attempt(() => framesOf(thrown)) ?? ''}`;
}

// A message may quote a peer, so whatever stands before the frames of a stack must be known to be it.
function framesOf({ message, stack }: Error): string {
  if (typeof stack !== 'string') return '';
  const at = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  if (at < 0) return ` ${oneLine(stack)}`;
  return shorten(stack.slice(at + message.length), MAX_FRAMES);
}

function textOf(text: unknown): string {
  return typeof text === 'string' ? oneLine(text) : messageOf(text);
}

function describe(value: unknown): string {
  return inspect(value, DETAILS);
}
