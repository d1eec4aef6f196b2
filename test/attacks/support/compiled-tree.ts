import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile, type Options } from '@swc/core';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'nestjs-sockets-attacks');
const FOLDERS = ['src', 'test/helpers', 'test/attacks/support'];
const KEPT = 60 * 60 * 1_000;

const SWC: Options = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * The JavaScript of the sources and of the scripts here, for processes of their own: a decorated
 * application cannot run from TypeScript. Compiled once for all tests that see the same files.
 */
export async function compiledTree(): Promise<string> {
  const files = (await Promise.all(FOLDERS.map(listFiles))).flat();
  const target = join(CACHE, await fingerprint(files));
  if (existsSync(target)) return target;
  await mkdir(CACHE, { recursive: true });
  await removeOld();
  const draft = await mkdtemp(join(CACHE, 'draft-'));
  await writeFile(join(draft, 'package.json'), '{ "type": "module" }');
  await Promise.all(files.map((file) => compile(file, draft)));
  // Whoever is first wins; the others have made the same.
  await rename(draft, target).catch(() => rm(draft, { recursive: true }));
  return target;
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true });
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

async function fingerprint(files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = await stat(join(ROOT, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function compile(file: string, target: string): Promise<void> {
  const { code } = await transformFile(join(ROOT, file), SWC);
  const output = join(target, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, code);
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > KEPT) await rm(path, { recursive: true, force: true });
  }
}
