import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printShares } from '../profile.mjs';
import { selfTimes } from '../report/cpu-profile.mjs';
import { format } from '../statistics.mjs';
import { broadcasters, measureBroadcast, measureSendTo } from './measurements.mjs';

const FOLDER = new URL('../results/profile-cluster/', import.meta.url);
const SHOWN = 30;

const profiles = {
  broadcast: (options) => measureBroadcast(broadcasters.ours, { connections: 1000 }, options),
  'send-to': (options) => measureSendTo({ receivers: 300, batch: 300 }, options),
  alone: (options) => measureBroadcast(broadcasters.alone, { connections: 1000 }, options),
};

function profileOf(pid) {
  const file = readdirSync(FOLDER).find((name) => name.split('.').includes(String(pid)));
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

async function profile(name, options) {
  let pids = [];
  const figures = await profiles[name]({
    ...options,
    nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${fileURLToPath(FOLDER)}`],
    onEnd: async (servers) => {
      pids = servers.map(({ pid }) => pid);
      await Promise.all(servers.map((server) => server.leave()));
    },
  });
  console.log(`\n# ${name}: ${format(figures.value)} µs each while profiled`);
  // The one that sends, and one of those that hear of it.
  for (const [index, pid] of pids.slice(0, 2).entries()) {
    const { functions, origins } = selfTimes(profileOf(pid), figures);
    console.log(`\n## ${index === 0 ? 'The node that sends' : 'Another node'}\n\nBy origin`);
    printShares(origins.slice(0, 12));
    console.log(`\nBy function, self time, the ${SHOWN} largest`);
    printShares(functions.slice(0, SHOWN));
  }
}

/** Where the CPU time of our nodes goes. @param {{ names: string[] }} options */
export async function profileCluster({ names, ...options }) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const chosen = Object.keys(profiles).filter(
    (name) => names.length === 0 || names.some((each) => name.startsWith(each)),
  );
  for (const name of chosen) await profile(name, options);
  console.log(`\nThe profiles themselves: ${fileURLToPath(FOLDER)}`);
}
