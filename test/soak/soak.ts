// The attack scenarios at full size: npm run test:soak [-- --only name,name --scale 0.1]
import type { Finding } from '../attacks/support/finding.js';
import { readArguments } from './arguments.js';
import { Progress } from './progress.js';
import { SUITES, type Suite } from './suites.js';
import { formatTable } from './table.js';

const { only, scale } = readArguments(process.argv.slice(2));
const chosen = SUITES.filter(
  ({ name }) => only.length === 0 || only.some((beginning) => name.startsWith(beginning)),
);
if (chosen.length === 0) {
  throw new Error(`No such suite. There are: ${SUITES.map(({ name }) => name).join(', ')}`);
}

const progress = new Progress(process.stderr);
const startedAt = performance.now();
const findings: Finding[] = [];
for (const suite of chosen) findings.push(await run(suite));
const failed = findings.filter(({ broken }) => broken.length > 0);
console.log(`\n${formatTable(findings, (performance.now() - startedAt) / 1_000)}`);
if (failed.length > 0) process.exitCode = 1;

async function run({ name, run }: Suite): Promise<Finding> {
  progress.begin(name);
  const finding = await run(scale, (text) => progress.tell(text)).catch(asFinding(name));
  const verdict = finding.broken.length === 0 ? 'held' : `FAILED: ${finding.broken.join('; ')}`;
  progress.end(`${finding.howMuch}: ${finding.seen}: ${verdict}`);
  return finding;
}

function asFinding(suite: string): (error: unknown) => Finding {
  return (error) => ({
    suite,
    howMuch: 'ended early',
    seen: '',
    broken: [error instanceof Error ? error.message : String(error)],
  });
}
