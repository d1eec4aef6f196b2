// Everything that starts a line or moves the cursor, in ASCII and beyond.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

// Enough to find a fault, and little enough that no peer fills a disk with one.
export const MAX_TEXT = 1_024;

/** Text that came from a peer, on one line of the log, bounded, and without power over a terminal. */
export function oneLine(text: string): string {
  return shorten(text, MAX_TEXT).replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What was thrown, on one line and without its stack. Never throws itself, whatever it is given: null,
 * a proxy, an error whose fields are missing or throw.
 * @param describe How to put what is no error into words
 */
export function messageOf(thrown: unknown, describe: (value: unknown) => string = json): string {
  const message = attempt(() => (isError(thrown) ? thrown.message : undefined));
  if (typeof message === 'string') return oneLine(message);
  const value = message === undefined ? thrown : message;
  return attempt(() => oneLine(describe(value))) ?? 'something that cannot be described';
}

export function isError(thrown: unknown): thrown is Error {
  const isOne = () =>
    thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  return attempt(isOne) === true;
}

export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}

function json(value: unknown): string {
  return (typeof value === 'object' && JSON.stringify(value)) || String(value);
}
