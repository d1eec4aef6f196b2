import { isFrameworkName, isRequestName, ofTheFramework } from '../protocol/message-name.js';

/** What one handler is called in the several places where it has a name. */
export interface HandlerNames {
  /** Of the files: `validate-game`. */
  readonly file: string;
  /** Of the request: `validateGame`. */
  readonly request: string;
  /** What the names of the classes begin with: `ValidateGame`. */
  readonly className: string;
}

// A space, a dot and a low line part words as a hyphen does.
const WRITABLE = /^[A-Za-z][\w .-]*$/;

/**
 * @param name In whatever case: `validate-game`, `validateGame` and `ValidateGameHandler` are the same.
 * @throws Error where no request can have the name
 */
export function namesOf(name: string): HandlerNames {
  // Before anything is changed: the capital of "ß" is "SS", which would do.
  if (!WRITABLE.test(name)) throw notAName(name);
  const words = wordsOf(name);
  if (words.length > 1 && words.at(-1) === 'handler') words.pop();
  const className = words.map(capitalized).join('');
  const request = className.charAt(0).toLowerCase() + className.slice(1);
  if (isFrameworkName(request)) throw ofTheFramework(request);
  if (isRequestName(request)) return { file: words.join('-'), request, className };
  throw notAName(name);
}

function notAName(name: string): Error {
  return new Error(
    `"${name}" cannot name a handler. Begin with a letter from a to z, and use no others than these, digits and hyphens, up to 64 in all, as in games/validate-game.`,
  );
}

function wordsOf(name: string): string[] {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(/[\s._-]+/)
    .filter(Boolean);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
