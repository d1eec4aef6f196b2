import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { SocketsDocument } from '../../src/asyncapi/index.js';
import { DOCUMENTED } from '../e2e/asyncapi/documented-app.js';
import { useApps } from '../fixtures/apps.js';
import { launchChromium } from './support/chromium.js';
import { describeInChromium } from './support/describe-in-chromium.js';

describeInChromium('The page of the AsyncAPI document', () => {
  const startApp = useApps();
  let browser: Browser;
  let page: Page;
  let troubles: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const { port } = await startApp({
      ...DOCUMENTED,
      options: { port: 'http', path: '/sockets' },
      configure: (app) => SocketsDocument.setup('docs', app, () => SocketsDocument.create(app)),
    });
    troubles = [];
    page = await browser.newPage();
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('request', (request) => troubles.push(request.url()));
    await page.goto(`http://127.0.0.1:${port}/docs`);
  });

  const focused = () =>
    page.evaluate('document.activeElement.textContent || document.activeElement.id');
  const listed = () => page.locator('nav li:visible').allTextContents();

  it('loads nothing but itself, and breaks none of its own rules', async () => {
    expect(troubles.filter((trouble) => !trouble.endsWith('/docs'))).toEqual([]);
    const background = 'getComputedStyle(document.querySelector("nav")).position';
    expect(await page.evaluate(background)).toBe('sticky');
  });

  it('finds operations by what they are called and by what they carry', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('pgn judges');
    expect(await listed()).toEqual(['validateGame']);
    expect(await page.locator('article:visible h3').count()).toBe(1);
    expect(await page.locator('#found').textContent()).toBe('1 match');
    await page.keyboard.press('Escape');
    expect((await listed()).length).toBeGreaterThan(15);
  });

  it('can be used with keys alone', async () => {
    await page.keyboard.press('/');
    expect(await focused()).toBe('search');
    await page.keyboard.type('moved');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('moved');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#send.moved');
    await page.keyboard.press('/');
    expect(await focused()).toBe('search');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('search');
  });

  it('shows a schema that the search had hidden when a link leads to it', async () => {
    await page.locator('#search').fill('validateGame');
    await page.locator('article:visible a', { hasText: 'GameDto' }).first().click();
    expect(await page.locator('[id="schema-GameDto"]').isVisible()).toBe(true);
    expect(await page.locator('#search').inputValue()).toBe('');
  });

  it.each(['light', 'dark'] as const)(
    'has colours that can be read where it is %s',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      const colours =
        '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]';
      const [back, front] = await page.evaluate<[string, string]>(colours);
      const brightness = (colour: string) => Number(/\d+/.exec(colour)![0]);
      expect(brightness(front) < brightness(back)).toBe(scheme === 'light');
      expect(Math.abs(brightness(front) - brightness(back))).toBeGreaterThan(180);
    },
  );

  it('fits a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
