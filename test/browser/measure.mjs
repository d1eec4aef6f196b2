// How fast the client is in Chromium, and what it leaves behind. After `npm run build`:
// node --import ./test/helpers/typescript.register.mjs test/browser/measure.mjs
import { gzipSync } from 'node:zlib';
import { median } from '../bench/statistics.mjs';
import { startPageServer } from '../packaging/page-server.mjs';
import { bundle } from './support/bundle.ts';
import { launchChromium } from './support/chromium.ts';
import { servePage } from './support/serve-page.ts';

const REQUESTS = 100_000;
const IN_FLIGHT = 100;
const ROUNDS = 5;
const WARM_UP = 100_000;
const CONNECTIONS = 20;
const KIB = 1_024;

const http = await servePage();
const server = await startPageServer();
const browser = await launchChromium(['--js-flags=--expose-gc', '--enable-precise-memory-info']);
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${http.address().port}/`);
const options = {
  address: server.address,
  serverPublicKey: server.publicKey,
  authData: { token: 'a token' },
};

/** Milliseconds until authenticated, and until a WebSocket that says nothing is open. */
function connect(kind) {
  return page.evaluate(
    async ([which, given]) => {
      const startedAt = performance.now();
      if (which === 'client') await globalThis.page.connect(given);
      else {
        await new Promise((resolve) => {
          const webSocket = new WebSocket(given.address);
          webSocket.addEventListener('open', () => resolve(webSocket.close()));
        });
      }
      return performance.now() - startedAt;
    },
    [kind, options],
  );
}

const times = { client: [], plain: [] };
for (let count = 0; count < CONNECTIONS; count++) {
  for (const kind of ['client', 'plain']) times[kind].push(await connect(kind));
}
console.log(
  `connect: ${median(times.client).toFixed(1)} ms, a plain WebSocket ${median(times.plain).toFixed(1)} ms (medians of ${CONNECTIONS})`,
);

const heap = () => page.evaluate(() => (globalThis.gc(), performance.memory.usedJSHeapSize));
const rates = [];
await page.evaluate(
  ([count, inFlight]) => globalThis.page.requests(count, inFlight),
  [WARM_UP, IN_FLIGHT],
);
const before = await heap();
for (let round = 0; round < ROUNDS; round++) {
  const { right, milliseconds } = await page.evaluate(
    ([count, inFlight]) => globalThis.page.requests(count, inFlight),
    [REQUESTS / ROUNDS, IN_FLIGHT],
  );
  if (right < REQUESTS / ROUNDS) throw new Error(`only ${right} were answered`);
  rates.push((REQUESTS / ROUNDS / milliseconds) * 1_000);
}
const grown = (await heap()) - before;
console.log(
  `64 B, ${IN_FLIGHT} in flight: ${Math.round(median(rates)).toLocaleString('en-US')} requests/s (median of ${ROUNDS})`,
);
console.log(
  `heap after ${REQUESTS.toLocaleString('en-US')} requests: ${(grown / KIB).toFixed(0)} KiB more`,
);

const client = await bundle('src/client/browser/index.ts');
for (const [path, bytes] of client.files) {
  console.log(`${path}: ${(gzipSync(bytes, { level: 9 }).length / KIB).toFixed(1)} KiB gzipped`);
}
await browser.close();
await server.close();
http.close();
