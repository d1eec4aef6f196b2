import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestTo } from './nearest.js';
import { UsageError } from './usage.error.js';

type Flags = NonNullable<ParseArgsConfig['options']>;

/** The flags and the other words of a command line. */
export interface CommandLine {
  readonly flags: ReadonlyMap<string, string | true>;
  readonly words: readonly string[];
}

/** A flag as it was written. */
interface WrittenFlag {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/**
 * Reads the words of a command, and refuses those that it does not know.
 * @throws UsageError
 */
export function readCommandLine(words: readonly string[], options: Flags): CommandLine {
  // What Node's own parser would say of wrong flags is about itself.
  const config = { args: [...words], options, allowPositionals: true, strict: false, tokens: true };
  const { tokens, positionals } = parseArgs(config as typeof config & { tokens: true });
  const flags = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === 'option') flags.set(token.name, valueOf(token, options));
  }
  return { flags, words: positionals };
}

function valueOf(flag: WrittenFlag, options: Flags): string | true {
  const { name, rawName, value, inlineValue } = flag;
  const known = Object.hasOwn(options, name) && rawName === `--${name}`;
  if (!known) throw unknownFlag(flag, Object.keys(options));
  if (options[name]!.type === 'boolean') {
    if (value === undefined) return true;
    throw new UsageError(`${rawName} takes no value, but "${value}" stands behind it.`);
  }
  if (value === undefined || value === '') {
    throw new UsageError(`${rawName} takes a value: ${rawName} VALUE.`);
  }
  if (inlineValue || !value.startsWith('--')) return value;
  throw new UsageError(
    `${rawName} takes a value, and "${value}" looks like the next flag. If it is the value, write ${rawName}=${value}`,
  );
}

function unknownFlag({ name, rawName }: WrittenFlag, known: readonly string[]): UsageError {
  const near = nearestTo(name, known);
  const meant = near === undefined ? '' : ` Did you mean --${near}?`;
  return new UsageError(`There is no flag ${rawName}.${meant}`);
}

/** @throws UsageError where it is no whole number from `min` on */
export function wholeNumber(
  { flags }: CommandLine,
  name: string,
  fallback: number,
  min = 1,
): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(String(text)) ? Number(text) : NaN;
  if (value >= min) return value;
  throw new UsageError(`--${name} takes a whole number, ${min} or more, not "${text}".`);
}

/** @throws UsageError where it is no JSON */
export function jsonFlag({ flags }: CommandLine, name: string): unknown {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    throw new UsageError(`--${name} takes JSON, in quotes of your shell: '{"a":1}'.`);
  }
}
