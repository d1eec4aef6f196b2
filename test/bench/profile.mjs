import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.mjs';
import { chooseScenarios } from './plan.mjs';
import { selfTimes } from './report/cpu-profile.mjs';
import { burst, ours } from './scenarios.mjs';
import { format } from './statistics.mjs';

const FOLDER = new URL('results/profile/', import.meta.url);
const SHOWN = 25;

async function recordProfile(scenario, contender, options) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  // Light clients beside it would lose their connections when the server leaves to write its profile.
  const figures = await measure({ ...scenario, beside: undefined }, contender, {
    ...options,
    serverArguments: ['--cpu-prof', `--cpu-prof-dir=${fileURLToPath(FOLDER)}`],
    onEnd: (server) => server.leave(),
  });
  const [file] = readdirSync(FOLDER);
  return { figures, profile: JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) };
}

/** @param {{ name: string, share: number }[]} items */
export function printShares(items) {
  for (const { name, share } of items) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  }
}

/**
 * Where the CPU time of our server goes in one scenario, bursts unless another is named: shares of
 * the time in which it was not idle.
 * @param {{ seconds: number, warmUp: number, names: string[], quick: boolean }} options
 */
export async function profileServer(options) {
  const [scenario] = options.names.length > 0 ? chooseScenarios(options) : [burst];
  // Of version 2, where the scenario is about it.
  const contender = scenario.contenders.find(({ server }) => server === ours.server);
  if (scenario.table === 'client' || contender === undefined) {
    throw new Error(`--profile looks at the server, and ${scenario.name} is about the client.`);
  }
  const { figures, profile } = await recordProfile(scenario, contender, options);
  const { functions, origins } = selfTimes(profile, figures);
  console.log(`${scenario.title}: ${format(figures.value)} ${scenario.unit} while profiled\n`);
  console.log('By origin');
  printShares(origins);
  console.log(`\nBy function, self time, the ${SHOWN} largest`);
  printShares(functions.slice(0, SHOWN));
  console.log(`\nThe profile itself: ${fileURLToPath(FOLDER)}`);
}
