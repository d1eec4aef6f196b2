// Packs the built package and uses it as strangers do: in the new applications of Nest 12 (ES modules,
// Vitest) and of Nest 11 (CommonJS, Jest), in a program without Nest, and in a page that Vite builds. Run `npm run build` first.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { install, run, writeJson } from './commands.mjs';
import { askNewApp } from './ask-new-app.mjs';
import { makeNewApp } from './new-app.mjs';
import { checkNewPage } from './new-page.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strict: true,
  skipLibCheck: false,
  outDir: 'compiled',
};

function pack(folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }));
  return `file:${join(folder, filename)}`;
}

async function checkNewApp(folder, tarball, major) {
  const app = await makeNewApp(folder, tarball, major);
  await run(app, 'npm', 'test');
  await run(app, 'npm', 'run', 'build');
  // The test runners of neither major look at the types of tests.
  await run(app, process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.');
  await askNewApp(app);
  await checkWithoutTestRunner(app);
  copyFileSync(join(HERE, 'one-copy.cjs'), join(app, 'one-copy.cjs'));
  await run(app, process.execPath, 'one-copy.cjs', 'import-first');
  await run(app, process.execPath, 'one-copy.cjs', 'require-first');
}

// An ES module on Nest 12 and CommonJS on Nest 11, as the application's package.json says.
async function checkWithoutTestRunner(app) {
  const tsconfig = { compilerOptions: COMPILER_OPTIONS, files: ['consumer-app.ts'] };
  writeJson(app, 'tsconfig.consumer.json', tsconfig);
  copyFileSync(join(HERE, 'consumer-app.ts'), join(app, 'consumer-app.ts'));
  await run(app, process.execPath, TSC, '-p', 'tsconfig.consumer.json');
  await run(app, process.execPath, 'compiled/consumer-app.js');
}

async function checkClientAlone(folder, tarball) {
  writeJson(folder, 'package.json', { private: true, dependencies: { 'nestjs-sockets': tarball } });
  copyFileSync(join(HERE, 'client-alone.mjs'), join(folder, 'app.mjs'));
  await install(folder, '--legacy-peer-deps');
  await run(folder, process.execPath, 'app.mjs');
  await checkBundle(folder);
}

async function checkBundle(folder) {
  for (const name of ['two-importers.mjs', 'one-requirer.cjs']) {
    copyFileSync(join(HERE, name), join(folder, name));
  }
  const outfile = join(folder, 'bundle.cjs');
  const entryPoints = [join(folder, 'two-importers.mjs')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node' });
  await run(folder, process.execPath, outfile);
}

const CHECKS = {
  'a new application of Nest 12': (...at) => checkNewApp(...at, 12),
  'a new application of Nest 11': (...at) => checkNewApp(...at, 11),
  'a program without Nest': checkClientAlone,
  'a new page': checkNewPage,
};

async function check(title, tarball) {
  const folder = join(work, title.replaceAll(' ', '-'));
  mkdirSync(folder);
  try {
    await CHECKS[title](folder, tarball);
    console.log(`-- ok: ${title}`);
  } catch (error) {
    console.error(`-- FAILED: ${title}\n`, error);
    process.exitCode = 1;
  }
}

const work = mkdtempSync(join(tmpdir(), 'nestjs-sockets-package-'));
try {
  const tarball = pack(work);
  await Promise.all(Object.keys(CHECKS).map((title) => check(title, tarball)));
} finally {
  rmSync(work, { recursive: true, force: true });
}
