// A fresh page, made with each of the usual bundlers and without any: builds without a warning, and talks to a
// Nest server from Chromium.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { chromium } from 'playwright-core';
import { install, run, writeJson } from './commands.mjs';
import { startPageServer } from './page-server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const TYPES = { html: 'text/html', js: 'text/javascript' };

// No types of Node, and the package's own are checked, too.
const COMPILER_OPTIONS = {
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  customConditions: ['browser'],
  types: [],
  strict: true,
  noEmit: true,
};

export async function checkNewPage(folder, tarball) {
  cpSync(join(HERE, 'new-page'), folder, { recursive: true });
  const devDependencies = { vite: '^8.0.0', webpack: '^5.0.0', 'nestjs-sockets': tarball };
  writeJson(folder, 'package.json', { private: true, type: 'module', devDependencies });
  writeJson(folder, 'tsconfig.json', { compilerOptions: COMPILER_OPTIONS, files: ['main.ts'] });
  await install(folder, '--legacy-peer-deps');
  await run(folder, process.execPath, TSC, '-p', '.');
  // What the others take is JavaScript. No import is resolved yet.
  buildSync({ entryPoints: [join(folder, 'main.ts')], outdir: folder, format: 'esm' });
  for (const [name, build] of Object.entries(WAYS)) {
    const dist = await build(folder);
    console.log(`-- ${name}: ${await talk(dist)}`);
  }
}

/** Each puts a page that runs into the folder that it returns, and accepts no warning. */
const WAYS = {
  async vite(folder) {
    const args = [join(folder, 'node_modules/vite/bin/vite.js'), 'build', '--target', 'es2022'];
    const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (/warn/i.test(output)) throw new Error(`Vite warns: ${output}`);
    return join(folder, 'dist');
  },

  async webpack(folder) {
    const { default: webpack } = await import(join(folder, 'node_modules/webpack/lib/index.js'));
    const stats = await promisify(webpack)({
      mode: 'production',
      context: folder,
      entry: './main.js',
      output: { path: join(folder, 'webpack'), filename: 'main.js' },
      performance: false,
    });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
    return withPage(folder, 'webpack');
  },

  async esbuild(folder) {
    const { warnings } = buildSync({
      entryPoints: [join(folder, 'main.js')],
      outdir: join(folder, 'esbuild'),
      bundle: true,
      splitting: true,
      format: 'esm',
      logLevel: 'silent',
    });
    if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings[0].text}`);
    return withPage(folder, 'esbuild');
  },

  async 'no bundler'(folder) {
    cpSync(join(folder, 'plain.html'), join(folder, 'index.html'));
    return folder;
  },
};

function withPage(folder, name) {
  const html = readFileSync(join(folder, 'index.html'), 'utf8').replace('/main.ts', '/main.js');
  writeFileSync(join(folder, name, 'index.html'), html);
  return join(folder, name);
}

async function talk(dist) {
  if (!existsSync(CHROMIUM)) throw new Error(`There is no Chromium at ${CHROMIUM}`);
  const server = await startPageServer();
  const files = await serve(dist);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const query = new URLSearchParams({ address: server.address, key: server.publicKey });
    await page.goto(`http://127.0.0.1:${files.address().port}/?${query}`);
    await page.waitForFunction(() => document.title !== 'waiting');
    const title = await page.title();
    if (title !== 'exchanged') throw new Error(title);
    return 'a page exchanged one sealed request';
  } finally {
    await browser.close();
    files.close();
    await server.close();
  }
}

async function serve(dist) {
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(dist, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = TYPES[file.split('.').at(-1)] ?? 'application/octet-stream';
    response.setHeader('content-type', type).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
