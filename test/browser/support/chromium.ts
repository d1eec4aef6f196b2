import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CANDIDATES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where Chromium is, if it is installed. */
export const chromiumPath = CANDIDATES.find((path) => path !== undefined && existsSync(path));

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name of this machine that is no localhost: plain http there is no secure context.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
];

export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: [...ARGUMENTS, ...more],
    // As for people, who go back.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}
