/** @param {number[]} values @returns {number} NaN for none */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} values @param {number} percent @returns {number} NaN for none */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

/** Three figures, or all digits before the point. @param {number} value */
export function format(value) {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** Median, and lowest to highest. @param {number[]} values */
export function formatSpread(values) {
  if (values.length === 0) return '–';
  const low = format(Math.min(...values));
  const high = format(Math.max(...values));
  return `${format(median(values))} (${low}–${high})`;
}

/**
 * Between which of the values the median of what they were drawn from lies, in 19 of 20 cases: each
 * value is above it or below it with the same chance, whatever their distribution is.
 *
 * @param {number[]} values
 * @returns {[low: number, high: number]} all that there are, if they are too few to say
 */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  let outside = 0;
  let below = 0;
  for (let chance = 0.5 ** length; 2 * (outside + chance) <= 0.05; below++) {
    outside += chance;
    chance *= (length - below) / (below + 1);
  }
  const skipped = Math.max(0, below - 1);
  return [sorted[skipped], sorted[length - 1 - skipped]];
}
