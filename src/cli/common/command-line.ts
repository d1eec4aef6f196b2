import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage.error.js';

type Flags = NonNullable<ParseArgsConfig['options']>;

/** The flags and the other words of a command line. */
export interface CommandLine {
  readonly flags: ReadonlyMap<string, string | true>;
  readonly words: readonly string[];
}

/**
 * Reads the words of a command, and refuses those that it does not know.
 * @throws UsageError
 */
export function readCommandLine(
  words: readonly string[],
  options: Flags,
  usage: string,
): CommandLine {
  try {
    const args = [...words];
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { flags: new Map(Object.entries(values)) as CommandLine['flags'], words: positionals };
  } catch (error) {
    throw new UsageError((error as Error).message, usage);
  }
}

/** @throws UsageError where it is no whole number from `min` on */
export function wholeNumber(
  { flags }: CommandLine,
  name: string,
  fallback: number,
  usage: string,
  min = 1,
): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(String(text)) ? Number(text) : NaN;
  if (value >= min) return value;
  throw new UsageError(`--${name} takes a whole number, ${min} or more.`, usage);
}

/** @throws UsageError where it is no JSON */
export function jsonFlag({ flags }: CommandLine, name: string, usage: string): unknown {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    throw new UsageError(`--${name} takes JSON, in quotes of your shell: '{"a":1}'.`, usage);
  }
}
