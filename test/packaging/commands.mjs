import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const QUIETLY = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

export function writeJson(folder, name, value) {
  writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
}

/** What it prints comes in one piece, since others run at the same time. */
export async function run(folder, command, ...args) {
  const running = promisify(execFile)(command, args, { cwd: folder });
  running.child.stdin.end();
  const { stdout, stderr } = await running.catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`, { cause: error.code });
  });
  console.log(`-- ${basename(folder)}: ${basename(command)} ${args.join(' ')}\n${stdout}${stderr}`);
}

export async function install(folder, ...options) {
  await run(folder, 'npm', 'install', ...QUIETLY, ...options);
}
