/** One line of a report: what was done, what was seen, and which promises did not hold. */
export interface Finding {
  readonly suite: string;
  readonly howMuch: string;
  readonly seen: string;
  /** Empty when all of them held. */
  readonly broken: readonly string[];
}

const EXAMPLE_LENGTH = 300;

/** What is promised, and whether it held: a verdict, or the cases in which it did not. */
export type Promises = Readonly<Record<string, boolean | readonly string[]>>;

/** Tells how far a scenario is. */
export type Tell = (progress: string) => void;

export function finding(seen: Omit<Finding, 'broken'>, promises: Promises): Finding {
  const broken = Object.entries(promises).flatMap(([what, verdict]) => {
    if (typeof verdict === 'boolean') return verdict ? [] : [`not: ${what}`];
    const [first] = verdict;
    return first === undefined
      ? []
      : [`not: ${what}; ${verdict.length} times, first: ${first.slice(0, EXAMPLE_LENGTH)}`];
  });
  return { ...seen, broken };
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1024) return `${Math.round(bytes)} B`;
  if (Math.abs(bytes) < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
