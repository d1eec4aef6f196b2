import { scenarios } from './scenarios.mjs';

const QUICK_LIMIT = 200;

function isSmall({ point = 0 }) {
  return point <= 1000;
}

/** A small copy, for --quick. */
function shrink(scenario) {
  const load = { ...scenario.load };
  for (const size of ['connections', 'count']) {
    if (load[size] !== undefined) load[size] = Math.min(load[size], QUICK_LIMIT);
  }
  return { ...scenario, load };
}

/**
 * @param {{ names: string[], quick: boolean }} options
 * @returns {import('./scenarios.mjs').Scenario[]}
 * @throws for a name that no scenario has
 */
export function chooseScenarios({ names, quick }) {
  for (const name of names) {
    if (scenarios.some((scenario) => scenario.name.startsWith(name))) continue;
    throw new Error(`There is no scenario "${name}"; --list shows them.`);
  }
  const chosen = scenarios.filter(
    (scenario) => names.length === 0 || names.some((name) => scenario.name.startsWith(name)),
  );
  return quick ? chosen.filter(isSmall).map(shrink) : chosen;
}

function rotate(list, by) {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/**
 * Interleaved: in each round every scenario, in each scenario one contender after the other, and
 * another one first each time.
 *
 * @param {import('./scenarios.mjs').Scenario[]} chosen
 * @param {number} rounds
 */
export function planOf(chosen, rounds) {
  return Array.from({ length: rounds }, (_, round) =>
    chosen.flatMap((scenario) =>
      rotate(scenario.contenders, round).map((contender) => ({ round, scenario, contender })),
    ),
  ).flat();
}
