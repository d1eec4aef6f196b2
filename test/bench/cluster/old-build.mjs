import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const TIMEOUT = 120_000;

/**
 * The package as it was at a commit, built in a folder of its own, which goes when this process does. The
 * packages that it needs are those of today.
 *
 * @param {string} commit
 * @returns {Promise<URL>} the folder
 * @throws where there is no such commit, or it cannot be built
 */
export async function buildCommit(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-sockets-before-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const archive = join(folder, 'tree.tar');
  // An archive, and no worktree, so that nothing of it stays in the repository.
  await run('git', ['-C', REPOSITORY, 'archive', '--output', archive, commit], {
    timeout: TIMEOUT,
  });
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  await run('tar', ['-xf', archive, '-C', tree], { timeout: TIMEOUT });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(tree, 'node_modules'));
  await run('npm', ['run', 'build'], { cwd: tree, timeout: TIMEOUT });
  return pathToFileURL(`${tree}/`);
}
