// Packs the built package and uses it as strangers do: from an ES module app on Nest 12, from a
// CommonJS app on Nest 11, and from a program without Nest. Run `npm run build` first.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const NEST_PACKAGES = [
  'common',
  'core',
  'platform-express',
  'platform-ws',
  'testing',
  'websockets',
];
const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strict: true,
  skipLibCheck: false,
  outDir: 'dist',
};

function writeJson(folder, name, value) {
  writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
}

function run(folder, command, ...args) {
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
}

function install(folder, ...options) {
  run(
    folder,
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
    ...options,
  );
}

function pack(folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }));
  return `file:${join(folder, filename)}`;
}

function checkNestApp(folder, tarball, { type, nest }) {
  const dependencies = { 'nestjs-sockets': tarball, 'reflect-metadata': '^0.2.0', rxjs: '^7.8.0' };
  for (const name of NEST_PACKAGES) dependencies[`@nestjs/${name}`] = nest;
  dependencies['@types/node'] = '^20.19.0';
  writeJson(folder, 'package.json', { private: true, type, dependencies });
  writeJson(folder, 'tsconfig.json', { compilerOptions: COMPILER_OPTIONS, include: ['app.ts'] });
  copyFileSync(join(HERE, 'consumer-app.ts'), join(folder, 'app.ts'));
  install(folder);
  run(folder, process.execPath, TSC, '-p', '.');
  run(folder, process.execPath, '--disable-warning=ExperimentalWarning', 'dist/app.js');
}

function checkClientAlone(folder, tarball) {
  writeJson(folder, 'package.json', { private: true, dependencies: { 'nestjs-sockets': tarball } });
  copyFileSync(join(HERE, 'client-alone.mjs'), join(folder, 'app.mjs'));
  install(folder, '--legacy-peer-deps');
  run(folder, process.execPath, 'app.mjs');
}

const CHECKS = {
  'an ES module app on Nest 12': (...at) => checkNestApp(...at, { type: 'module', nest: '^12' }),
  'a CommonJS app on Nest 11': (...at) => checkNestApp(...at, { type: 'commonjs', nest: '^11' }),
  'a program without Nest': checkClientAlone,
};

const work = mkdtempSync(join(tmpdir(), 'nestjs-sockets-package-'));
try {
  const tarball = pack(work);
  for (const [title, check] of Object.entries(CHECKS)) {
    const folder = join(work, title.replaceAll(' ', '-'));
    mkdirSync(folder);
    console.log(`-- ${title}`);
    check(folder, tarball);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
