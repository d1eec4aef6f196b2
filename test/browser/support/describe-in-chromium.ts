import { describe } from '@jest/globals';
import { chromiumPath } from './chromium.js';

const MISSING =
  'Chromium is not installed, so the tests in it are skipped. Install it (apt-get install chromium) or set CHROMIUM_PATH.';

/** Tests in Chromium. Where there is none they are skipped, and say so; in CI they never are. */
export function describeInChromium(name: string, body: () => void): void {
  if (chromiumPath === undefined && process.env['CI'] !== undefined) throw new Error(MISSING);
  if (chromiumPath === undefined) {
    process.stderr.write(`${MISSING}\n`);
    describe.skip(name, body);
  } else describe(name, body);
}
