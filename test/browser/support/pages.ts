import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, Page as BrowserPage } from 'playwright-core';
import type { Page } from '../page/page.js';
import { launchChromium } from './chromium.js';
import { servePage } from './serve-page.js';

type Calls = {
  [Name in keyof Page]: Page[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : () => Promise<Page[Name]>;
};

export interface OpenPage extends Calls {
  readonly browserPage: BrowserPage;
}

/** Opens pages, each in a profile of its own. No error may get out of one. */
export function usePages(): (host?: string) => Promise<OpenPage> {
  let server: Server;
  let browser: Browser;
  const open: OpenPage[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([servePage(), launchChromium()]);
  });
  afterEach(async () => {
    for (const page of open.splice(0)) {
      expect(await page.uncaught()).toEqual([]);
      await page.browserPage.context().close();
    }
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });
  return async (host = '127.0.0.1') => {
    const context = await browser.newContext();
    const browserPage = await context.newPage();
    await browserPage.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
    const page = remote(browserPage);
    open.push(page);
    return page;
  };
}

/** Resolves when the client of that page has had such an event. */
export async function untilEvent({ browserPage }: OpenPage, event: string): Promise<void> {
  await browserPage.waitForFunction((name) => {
    const { page } = globalThis as unknown as { page: Page };
    return page.events.some(([had]) => had === name);
  }, event);
}

function remote(browserPage: BrowserPage): OpenPage {
  return new Proxy({ browserPage } as OpenPage, {
    get: (target, name) => {
      if (name === 'browserPage') return target.browserPage;
      // A page is awaited like anything else, and is no promise.
      if (name === 'then') return undefined;
      return (...args: unknown[]) =>
        browserPage.evaluate(
          async ([member, given]) => {
            const { page } = globalThis as unknown as { page: Record<string, unknown> };
            const found = page[member];
            return typeof found === 'function' ? found(...given) : found;
          },
          [String(name), args] as const,
        );
    },
  });
}
