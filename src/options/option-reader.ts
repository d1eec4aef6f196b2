import { SocketsError } from '../protocol/sockets.errors.js';
import { environment, type Environment } from './environment.js';

/** A value, and the option or environment variable that it came from. */
interface Given {
  readonly value: unknown;
  readonly source: string;
}

interface NumberRange {
  readonly min: number;
  readonly max?: number;
  readonly orInfinity?: boolean;
  /** What else there may be, which the caller has looked for. */
  readonly or?: string;
  readonly variable?: string | undefined;
}

/**
 * Reads options one by one: from the object, else from the environment, else the default. Whatever
 * is given and wrong throws, with its name and what was expected; nothing is coerced silently.
 */
export class OptionReader {
  constructor(
    private readonly owner: string,
    private readonly options: object,
    private readonly variables: Environment = environment(),
  ) {
    if (typeof options !== 'object' || options === null) {
      throw new SocketsError('INVALID_OPTION', `${owner} expects an object of options.`);
    }
  }

  /**
   * Refuses names that nobody reads: a misspelt limit would not limit anything.
   * @param gone What became of those that there were
   */
  assertKnown(names: readonly string[], gone: Readonly<Record<string, string>> = {}): void {
    for (const name of Object.keys(this.options)) {
      if (names.includes(name)) continue;
      throw this.invalid({ value: undefined, source: `option "${name}"` }, 'one of its options', {
        hint: gone[name] ?? `There is no such option. Known are: ${names.join(', ')}.`,
      });
    }
  }

  string(name: string, fallback: string, variable?: string): string;
  string(name: string, fallback: string | undefined, variable?: string): string | undefined;
  string(name: string, fallback: string | undefined, variable?: string): string | undefined {
    const given = this.find(name, variable);
    if (!given) return fallback;
    if (typeof given.value === 'string' && given.value !== '') return given.value;
    throw this.invalid(given, 'a string that is not empty');
  }

  boolean(name: string, fallback: boolean, variable?: string): boolean {
    const given = this.find(name, variable);
    if (!given) return fallback;
    if (typeof given.value === 'boolean') return given.value;
    if (this.isFromEnvironment(given)) {
      if (given.value === 'true') return true;
      if (given.value === 'false') return false;
    }
    throw this.invalid(given, 'true or false');
  }

  /** Milliseconds that a Node timer can wait, or `Infinity` for never. */
  duration(name: string, fallback: number, variable?: string): number {
    const max = 2 ** 31 - 1;
    return this.number(name, fallback, { min: 1, max, orInfinity: true, variable });
  }

  /** A whole number, or `Infinity` where that turns a limit off. */
  number(name: string, fallback: number, range: NumberRange): number {
    const { min, max = Number.MAX_SAFE_INTEGER, orInfinity = false, variable } = range;
    const or = orInfinity ? 'Infinity (off)' : range.or;
    const given = this.find(name, variable);
    if (!given) return fallback;
    const value = this.isFromEnvironment(given) ? numberFrom(String(given.value)) : given.value;
    if (orInfinity && value === Infinity) return value;
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    const upTo = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
    throw this.invalid(given, `a whole number, ${upTo}${or ? `, or ${or}` : ''}`);
  }

  oneOf<T extends string>(name: string, fallback: T, allowed: readonly T[]): T {
    const given = this.find(name);
    if (!given) return fallback;
    if (allowed.includes(given.value as T)) return given.value as T;
    throw this.invalid(given, allowed.map((value) => `'${value}'`).join(' or '));
  }

  /** Any other shape, with its own check. */
  matching<T>(
    name: string,
    fallback: T,
    isValid: (value: unknown) => boolean,
    expected: string,
    variable?: string,
  ): T {
    const given = this.find(name, variable);
    if (!given) return fallback;
    if (isValid(given.value)) return given.value as T;
    throw this.invalid(given, expected);
  }

  private find(name: string, variable?: string): Given | undefined {
    const value = (this.options as Record<string, unknown>)[name];
    if (value !== undefined) return { value, source: `option "${name}"` };
    const fromEnvironment = variable && this.variables[variable];
    if (!fromEnvironment) return undefined;
    return { value: fromEnvironment, source: `environment variable ${variable}` };
  }

  private isFromEnvironment({ source }: Given): boolean {
    return source.startsWith('environment');
  }

  private invalid({ value, source }: Given, expected: string, { hint = '' } = {}): SocketsError {
    const got = hint || `Expected ${expected}, got ${describe(value)}.`;
    return new SocketsError('INVALID_OPTION', `${this.owner}: invalid ${source}. ${got}`);
  }
}

function numberFrom(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

// Never the text of a string: it may be a key that was put in the wrong place.
function describe(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
