import { formatCount, type Tell } from './finding.js';

const BATCH = 1_000;

/** Does so much work in batches, telling how far it is, and joins what they return. */
export async function inBatches<T>(
  total: number,
  tell: Tell | undefined,
  work: (from: number, count: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < total; from += BATCH) {
    results.push(...(await work(from, Math.min(BATCH, total - from))));
    tell?.(`${formatCount(Math.min(from + BATCH, total))} of ${formatCount(total)}`);
  }
  return results;
}
