import { percentAbove } from './report/tables.mjs';
import { measure } from './measure.mjs';
import { burst, largeEcho, ours } from './scenarios.mjs';
import { format, formatSpread, median } from './statistics.mjs';

const variants = [ours, { ...ours, settings: { limitsOff: true } }];

/** One round: with limits and without, which of them first changes from round to round. */
async function measurePair(scenario, options, round) {
  const pair = [];
  for (const index of round % 2 ? [1, 0] : [0, 1]) {
    const { value } = await measure(scenario, variants[index], options);
    pair[index] = value;
  }
  return pair;
}

function report({ title, unit }, pairs) {
  const [withLimits, without] = [0, 1].map((index) => pairs.map((pair) => pair[index]));
  const ratios = pairs.map(([on, off]) => on / off);
  console.log(`\n${title}, ${unit}`);
  console.log(`  limits at their defaults  ${formatSpread(withLimits)}`);
  console.log(`  limits off                ${formatSpread(without)}`);
  console.log(`  median of the rounds' own ratios  ${percentAbove(median(ratios), 1)}`);
  console.log(
    `  ratio of the medians              ${percentAbove(median(withLimits), median(without))}`,
  );
}

/**
 * What the limits cost: the same build with its limits at their defaults, and turned off.
 * @param {{ rounds: number, seconds: number, warmUp: number }} options
 */
export async function measureLimitsCost(options) {
  for (const scenario of [burst, largeEcho]) {
    const pairs = [];
    for (let round = 0; round < options.rounds; round++) {
      const pair = await measurePair(scenario, options, round);
      pairs.push(pair);
      const [on, off] = pair.map(format);
      console.error(`[${round + 1}/${options.rounds}] ${scenario.name}: ${on}, limits off ${off}`);
    }
    report(scenario, pairs);
  }
}
