import { percentAbove } from './report/tables.mjs';
import { measureSliced } from './measure.mjs';
import { burst, largeEcho, ours } from './scenarios.mjs';
import { formatSpread, median } from './statistics.mjs';

const SLICES = 12;

const variants = [ours, { ...ours, settings: { limitsOff: true } }];

const ratioOf = ([withLimits, without]) => withLimits / without;

function report({ title, unit }, rounds) {
  const slices = rounds.flat();
  const [withLimits, without] = [0, 1].map((index) => slices.map((slice) => slice[index]));
  const ofRounds = rounds.map((round) => median(round.map(ratioOf)));
  console.log(`\n${title}, ${unit}`);
  console.log(`  limits at their defaults  ${formatSpread(withLimits)}`);
  console.log(`  limits off                ${formatSpread(without)}`);
  console.log(
    `  median of the slices' own ratios  ${percentAbove(median(slices.map(ratioOf)), 1)}`,
  );
  console.log(
    `  of each round                     ${ofRounds.map((ratio) => percentAbove(ratio, 1)).join(', ')}`,
  );
}

/**
 * What the limits cost: the same build with its limits at their defaults, and turned off. Both servers
 * of a round get their load in turns, a slice each, since machines have slow minutes.
 * @param {{ rounds: number, seconds: number, warmUp: number }} options
 */
export async function measureLimitsCost({ rounds: count, ...timing }) {
  for (const scenario of [burst, largeEcho]) {
    const rounds = [];
    for (let round = 0; round < count; round++) {
      rounds[round] = await measureSliced(scenario, variants, { ...timing, slices: SLICES });
      const ratio = median(rounds[round].map(ratioOf));
      console.error(`[${round + 1}/${count}] ${scenario.name}: ${percentAbove(ratio, 1)}`);
    }
    report(scenario, rounds);
  }
}
