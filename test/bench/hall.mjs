// The game hall of `npm start`, and its chess alone: what the sample application makes of a processor.
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = 'sample-app/dist/sample-app/main.js';
const RATES = { 'npm start': /requests per second\s+(\d+)/, 'its chess alone': /^(\d+)$/ };

let isBuilt = false;

/**
 * A whole round: all games of the catalogue, once.
 *
 * @param {{ name: keyof typeof RATES }} contender
 * @returns {Promise<{ value: number, count: number }>} games a second
 */
export async function measureHall({ name }) {
  if (!isBuilt) execFileSync('npm', ['run', '--silent', 'prestart'], { cwd: ROOT });
  isBuilt = true;
  const script = name === 'npm start' ? MAIN : 'test/bench/chess-alone.mjs';
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: ROOT });
  const [, games] = RATES[name].exec(stdout.trim()) ?? [];
  if (games === undefined) throw new Error(`${script} did not say how fast it was: ${stdout}`);
  return { value: Number(games), count: 1 };
}
