// node copy-with-nest-11.mjs FOLDER: copies the project there and installs Nest 11 in it, so that
// the same tests can run against it. Everything but Nest stays at the version of the lock file.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_COPIED = new Set(['node_modules', 'dist', '.git']);
const [, , target] = process.argv;
if (!target) throw new Error('Say which folder to copy to.');

cpSync(ROOT, target, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });

const manifestPath = join(target, 'package.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
// Nest's command line tool and its schematics are no part of what an app runs on.
const nestPackages = Object.keys(manifest.devDependencies).filter(
  (name) => name.startsWith('@nestjs/') && name !== '@nestjs/cli' && name !== '@nestjs/schematics',
);
for (const name of nestPackages) manifest.devDependencies[name] = '^11.0.0';
writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
execFileSync('npm', install, { cwd: target, stdio: 'inherit' });

for (const name of nestPackages) {
  const path = join(target, 'node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8'));
  console.log(`${name} ${version}`);
  if (!version.startsWith('11.')) process.exitCode = 1;
}
