// node copy-with-nest-11.mjs FOLDER: copies the project there and installs the oldest versions of Nest
// and ws in it that package.json allows, so that the same tests can run against them. Everything else
// stays at the version of the lock file, which has the newest ones.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_COPIED = new Set(['node_modules', 'dist', 'dist-api', '.git']);
/** The oldest for Nest 11 of those that have versions of their own, or another first one. */
const OLDEST = {
  '@nestjs/config': '4.0.0',
  '@nestjs/cqrs': '11.0.0',
  // Earlier ones ask for Nest 10.
  '@nestjs/platform-fastify': '11.0.3',
  '@nestjs/swagger': '11.0.0',
  '@nestjs/terminus': '11.0.0',
  '@nestjs/throttler': '6.4.0',
};
const [, , target] = process.argv;
if (!target) throw new Error('Say which folder to copy to.');

cpSync(ROOT, target, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });

const manifestPath = join(target, 'package.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const { dependencies, devDependencies, peerDependencies } = manifest;
// Nest's command line tool and its schematics are no part of what an app runs on.
const nestPackages = Object.keys(devDependencies).filter(
  (name) => name.startsWith('@nestjs/') && name !== '@nestjs/cli' && name !== '@nestjs/schematics',
);
const versions = { ws: oldest(dependencies.ws) };
for (const name of nestPackages) {
  const range = peerDependencies[name] ?? peerDependencies['@nestjs/core'];
  versions[name] = OLDEST[name] ?? oldest(range);
}
for (const [name, version] of Object.entries(versions)) {
  (name in dependencies ? dependencies : devDependencies)[name] = version;
}
// It asks for 11.0.1, and works with what is tested here.
const core = { '@nestjs/common': '$@nestjs/common', '@nestjs/core': '$@nestjs/core' };
manifest.overrides = { ...manifest.overrides, '@nestjs/swagger': core };
writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
execFileSync('npm', install, { cwd: target, stdio: 'inherit' });

for (const [name, expected] of Object.entries(versions)) {
  const path = join(target, 'node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8'));
  console.log(`${name} ${version}`);
  if (version !== expected) process.exitCode = 1;
}

function oldest(range) {
  return /\d+\.\d+\.\d+/.exec(range)[0];
}
