import { inspect } from 'node:util';

// Everything that starts a line or moves the cursor, in ASCII and beyond.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Text that came from a peer, on one line of the log and without power over a terminal. */
export function oneLine(text: string): string {
  return text.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What was thrown, with its stack if it has one. Its message may quote a peer. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${oneLine(inspect(error))}`;
  const { name, message, stack = '' } = error;
  const end = stack.indexOf(message) + message.length;
  const frames = stack.startsWith(name) ? stack.slice(end) : '';
  return `${oneLine(`${name}: ${message}`)}${frames}`;
}
