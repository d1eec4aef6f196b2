// A new application as `nest new` of a major version of Nest writes it, with the packed package, a
// module of ours and its test in it.
import { readFileSync, writeFileSync } from 'node:fs';
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
  addDependencies(app, tarball, major);
  addModule(app);
  await install(app);
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

function addDependencies(app, tarball, major) {
  const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.devDependencies)) {
    if (NOT_NEEDED.test(name)) delete manifest.devDependencies[name];
  }
  Object.assign(manifest.dependencies, {
    '@nestjs/platform-ws': `^${major}`,
    '@nestjs/websockets': `^${major}`,
    'nestjs-sockets': tarball,
  });
  writeJson(app, 'package.json', manifest);
}

function addModule(app) {
  const path = join(app, 'src/app.module.ts');
  const written = readFileSync(path, 'utf8');
  // As the application imports its own files: with the ending from Nest 12 on.
  const ending = written.includes(".js';") ? '.js' : '';
  for (const name of ['numbers.module.ts', 'numbers.spec.ts']) {
    const code = readFileSync(join(HERE, 'new-app', name), 'utf8');
    writeFileSync(join(app, 'src', name), code.replace(/('\.\/.*)\.js'/g, `$1${ending}'`));
  }
  const withModule = written.replace('imports: []', 'imports: [NumbersModule]');
  if (withModule === written) throw new Error(`No place for a module in ${path}.`);
  const importIt = `import { NumbersModule } from './numbers.module${ending}';\n`;
  writeFileSync(path, importIt + withModule);
}
