import { measure } from './measure.mjs';
import { percentAbove } from './report/tables.mjs';
import { limitScenarios, ours } from './scenarios.mjs';
import { formatSpread, median, medianInterval } from './statistics.mjs';

const ratioOf = ([withLimits, without]) => withLimits / without;
const percent = (ratio) => percentAbove(ratio, 1);

function report({ title }, rounds) {
  const blocks = rounds.flat();
  const [withLimits, without] = [0, 1].map((side) => blocks.map((block) => block[side]));
  const ratios = blocks.map(ratioOf);
  const [low, high] = medianInterval(ratios).map(percent);
  const ofRounds = rounds.map((round) => percent(median(round.map(ratioOf))));
  console.log(`\n${title}, µs/message`);
  console.log(`  limits at their defaults  ${formatSpread(withLimits)}`);
  console.log(`  limits off                ${formatSpread(without)}`);
  console.log(`  what the limits cost      ${percent(median(ratios))} (${low} to ${high})`);
  console.log(`  in each round             ${ofRounds.join(', ')}`);
}

/**
 * What the limits cost: two applications in one process, one with its limits at their defaults and one
 * with all of them off, get the same bursts in turns. Two processes would not do: the same code in a new
 * one may be several percent faster or slower. The result is the median over blocks of bursts, with the
 * interval in which it lies in 19 of 20 cases; each round has a new process.
 * @param {{ rounds: number, seconds: number, warmUp: number }} options
 */
export async function measureLimitsCost({ rounds: count, ...timing }) {
  for (const scenario of limitScenarios) {
    const rounds = [];
    for (let round = 0; round < count; round++) {
      const { blocks } = await measure(scenario, ours, timing);
      rounds.push(blocks);
      console.error(`[${round + 1}/${count}] ${percent(median(blocks.map(ratioOf)))}`);
    }
    report(scenario, rounds);
  }
}
