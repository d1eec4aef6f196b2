// Photographs the page of the game hall for the README. After `npm run prestart`:
// node --import ./test/helpers/typescript.register.mjs test/browser/screenshots.mjs
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './support/chromium.ts';

const APP = new URL('../../sample-app/', import.meta.url);
const TARGET = fileURLToPath(new URL('page/screenshots/', APP));
const AUTH_KEY = 'the key of whoever takes pictures';
const SIZES = [
  { name: 'wide', width: 1_280, height: 900 },
  { name: 'narrow', width: 360, height: 780 },
];

function start(script, env) {
  const path = fileURLToPath(new URL(`dist/sample-app/${script}.js`, APP));
  return fork(path, { env: { ...process.env, ...env, SOCKET_AUTH_KEY: AUTH_KEY }, silent: true });
}

mkdirSync(TARGET, { recursive: true });
const server = start('server', { SOCKET_PORT: '0', HALL_WORKERS: '2' });
const [{ address }] = await once(server, 'message');
const browser = await launchChromium();
const pages = await Promise.all(
  ['light', 'dark'].flatMap((colorScheme) =>
    SIZES.map(async ({ name, width, height }) => {
      const page = await browser.newPage({ colorScheme, viewport: { width, height } });
      await page.goto(address.replace('ws:', 'http:'));
      await page.getByText('connected', { exact: true }).waitFor();
      return { page, path: `${TARGET}${colorScheme}-${name}.png` };
    }),
  ),
);
const workers = ['worker 1', 'worker 2'].map((name) =>
  start('worker', { SOCKET_ADDRESS: address, WORKER_NAME: name }),
);
await pages[0].page.getByText(/^1\d\d\d of 2108 games are judged/).waitFor();
for (const { page, path } of pages) {
  await page.getByRole('button', { name: 'Judge' }).click();
  await page.getByText('Valid: ').waitFor();
  await page.screenshot({ path, fullPage: true });
  console.log(path);
}
await browser.close();
for (const child of [server, ...workers]) child.kill();
