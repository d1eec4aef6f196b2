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

/**
 * @param name In whatever case: `validate-game`, `validateGame` and `ValidateGameHandler` are the same.
 * @throws Error where no request can have the name
 */
export function namesOf(name: string): HandlerNames {
  const words = wordsOf(name);
  if (words.length > 1 && words.at(-1) === 'handler') words.pop();
  const className = words.map(capitalized).join('');
  const request = className.charAt(0).toLowerCase() + className.slice(1);
  if (isFrameworkName(request)) throw ofTheFramework(request);
  if (isRequestName(request)) return { file: words.join('-'), request, className };
  throw new Error(
    `"${name}" cannot name a handler. Begin with a letter, and use letters, digits and hyphens, as in games/validate-game.`,
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
