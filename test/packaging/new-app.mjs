// A new application as `nest new` of a major version of Nest writes it, with the packed package added as its
// users add it, and a module of ours and its test.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, run, writeJson } from './commands.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NEST = fileURLToPath(new URL('../../node_modules/@nestjs/cli/bin/nest.js', import.meta.url));
const OWN_MAJOR = 12;
// Neither `npm test` nor `npm run build` needs them, and they are most of what would be installed.
const NOT_NEEDED = /lint|prettier|coverage|globals|mau$/;

/** @returns the folder of the application, installed */
export async function makeNewApp(work, tarball, major) {
  const name = `new-app-${major}`;
  await generate(work, name, major);
  const app = join(work, name);
  addDependency(app, tarball);
  await install(app);
  await runSchematics(app);
  addModule(app);
  return app;
}

// The command line tool is the project's own, and knows the schematics of its own major.
async function generate(work, name, major) {
  const schematics = major === OWN_MAJOR ? '@nestjs/schematics' : `nest-${major}-schematics`;
  writeJson(work, 'package.json', { private: true });
  if (major !== OWN_MAJOR) await install(work, `${schematics}@npm:@nestjs/schematics@^${major}`);
  const options = ['--skip-install', '--skip-git', '--package-manager', 'npm', '--no-observe'];
  await run(work, process.execPath, NEST, 'new', name, '--collection', schematics, ...options);
}

// What `npm install nestjs-sockets` would do, which has to work without the peers that Nest has anew for
// each of its majors.
function addDependency(app, tarball) {
  const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.devDependencies)) {
    if (NOT_NEEDED.test(name)) delete manifest.devDependencies[name];
  }
  manifest.dependencies['nestjs-sockets'] = tarball;
  writeJson(app, 'package.json', manifest);
}

// With the command line tool of the application, whose engine is another one for each major. Without
// --skip-install, it would install what is published under the name.
async function runSchematics(app) {
  const nest = join(app, 'node_modules/@nestjs/cli/bin/nest.js');
  const add = ['add', 'nestjs-sockets', '--skip-install'];
  await run(app, process.execPath, nest, ...add);
  const generate = ['g', '-c', 'nestjs-sockets', 'handler'];
  await run(app, process.execPath, nest, ...generate, 'games/validate-game');
  await run(app, process.execPath, nest, ...generate, 'status', '--flat', '--no-spec');
  const before = snapshot(app);
  await run(app, process.execPath, nest, ...add);
  assert.deepEqual(snapshot(app), before);
}

function snapshot(app) {
  const names = ['package.json', '.env', '.env.example', '.gitignore'];
  const files = readdirSync(join(app, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const paths = [...names.map((name) => join(app, name)), ...files.toSorted()];
  return paths.map((path) => [path, readFileSync(path, 'utf8')]);
}

function addModule(app) {
  const { type } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  // As the application imports its own files: with the ending from Nest 12 on.
  const ending = type === 'module' ? '.js' : '';
  for (const name of ['numbers.module.ts', 'numbers.spec.ts']) {
    const code = readFileSync(join(HERE, 'new-app', name), 'utf8');
    writeFileSync(join(app, 'src', name), code.replace(/('\.\/.*)\.js'/g, `$1${ending}'`));
  }
}
