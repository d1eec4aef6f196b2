// What every measured server shares: its settings, and how it talks to the bench that started it.
import { setTimeout as delay } from 'node:timers/promises';

/**
 * @typedef {object} ServerSettings
 * @property {string} authKey
 * @property {number} [handlers] how many echo handlers there are
 * @property {boolean} [guarded] whether a guard and a parameter decorator stand on the handlers
 * @property {boolean} [tls] whether it speaks TLS
 * @property {boolean} [sharedBroadcast] as the option of that name
 * @property {boolean} [twin] whether another application, without limits, runs in the same process
 */

/** @type {ServerSettings} */
export const settings = JSON.parse(process.env.BENCH_SETTINGS);

/** @param {number} port @param {number} [twinPort] */
export function ready(port, twinPort) {
  process.send({ port, twinPort });
}

async function collectGarbage() {
  globalThis.gc();
  // What the first run set free is given back to the system in the background.
  await delay(200);
  globalThis.gc();
  await delay(200);
}

async function obey(message) {
  if (message === 'stop') process.exit();
  await collectGarbage();
  process.send({ memory: process.memoryUsage() });
}

process.on('message', (message) => void obey(message));
process.once('disconnect', () => process.exit());
