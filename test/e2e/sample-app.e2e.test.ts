import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Progress, Summary } from '../../sample-app/messages.js';
import { HallProcess } from '../../sample-app/processes/hall-process.js';
import { SocketClient } from '../../src/client/index.js';
import { launchChromium } from '../browser/support/chromium.js';
import { describeInChromium } from '../browser/support/describe-in-chromium.js';
import { findRedis } from '../helpers/redis.js';
import { describeDashboard } from './sample-app/dashboard.js';
import { describeNodes } from './sample-app/nodes.js';
import { describeTraces } from './sample-app/traces.js';
import {
  figuresOf,
  isAnyLeft,
  MAIN,
  MILLISECONDS_TO_RUN,
  run,
  useSample,
} from './sample-app/runs.js';

const SERVER = new URL('../../sample-app/dist/sample-app/server.js', import.meta.url);
const WORKER = new URL('../../sample-app/dist/sample-app/worker.js', import.meta.url);
const AUTH_KEY = 'the key of the test of the sample';

const redis = await findRedis();
useSample();

describe('the sample app', () => {
  it(
    'has every game judged rightly, shows its progress line by line in a pipe, and exits with 0',
    async () => {
      const { ended, output } = run('npm', 'start', '--ignore-scripts');
      if ((await ended) !== 0) throw new Error(output());
      expect(figuresOf(output())).toMatchObject({
        games: '2108',
        valid: '2014 of 2014',
        invalid: '94 of 94',
        'illegal games caught': '94 of 94',
        connections: '3',
        wire: 'version 2',
        problems: 'none',
      });
      const percents = [...output().matchAll(/^Judged \d+ of 2108 games \((\d+) %\)$/gm)];
      expect(percents.map(([, percent]) => Number(percent))).toEqual(
        Array.from({ length: 21 }, (_, index) => 5 * index),
      );
      expect(output()).toMatch(/^worker 1: All games are judged: 2108 games, 2014 valid/m);
      expect(output()).toMatch(/^worker 2: All games are judged: 2108 games, 2014 valid/m);
      expect(output()).not.toContain('\u001b');
    },
    MILLISECONDS_TO_RUN,
  );

  it(
    'stops all of its processes when it is interrupted',
    async () => {
      const { child, printed, ended, output } = run(process.execPath, MAIN);
      await printed(/^Judged \d+ of/m);
      // To the whole group, as a terminal does it for Ctrl-C.
      process.kill(-child.pid!, 'SIGINT');
      expect(await ended).toBe(130);
      expect(output()).toContain('Stopped by SIGINT');
      expect(isAnyLeft(child.pid!)).toBe(false);
    },
    MILLISECONDS_TO_RUN,
  );

  it(
    'keeps its page up where it is asked to, and ends as usual when it is interrupted',
    async () => {
      const { child, printed, ended, output } = run(process.execPath, MAIN, '--watch');
      await printed(/The page stays up at/);
      // In time for it to be watched.
      expect(output()).toMatch(/^Watch it at http:\/\/127\.0\.0\.1:\d+$[^]*^Judged/m);
      expect(figuresOf(output())).toMatchObject({ valid: '2014 of 2014', problems: 'none' });
      const [, url] = /The page stays up at (http:\S+)\. Ctrl-C/.exec(output()) ?? [];
      expect(await (await fetch(url!)).text()).toContain('<title>Game hall</title>');
      expect(await (await fetch(`${url}/docs/sockets`)).text()).toContain('The game hall');
      process.kill(child.pid!, 'SIGINT');
      expect(await ended).toBe(0);
      expect(isAnyLeft(child.pid!)).toBe(false);
    },
    MILLISECONDS_TO_RUN,
  );

  it(
    'fails, and leaves nobody behind, when one of its processes dies',
    async () => {
      const { child, printed, ended, output } = run(process.execPath, MAIN);
      await printed(/^Judged \d+ of/m);
      const [, server] = /The hall is open at .*, process (\d+)/.exec(output()) ?? [];
      process.kill(Number(server), 'SIGKILL');
      expect(await ended).toBe(1);
      expect(output()).toContain('The server process ended before its time, by SIGKILL');
      expect(isAnyLeft(child.pid!)).toBe(false);
    },
    MILLISECONDS_TO_RUN,
  );
});

describeNodes(redis);
describeDashboard(redis);
describeTraces(redis);

describe('the server of the sample app, on its own', () => {
  let server: HallProcess;
  let address: string;
  const clients: SocketClient[] = [];

  async function connect(role: string, name = role): Promise<SocketClient> {
    const authData = { role, name };
    const client = new SocketClient({ address, authKey: AUTH_KEY, authData, reconnect: false });
    clients.push(client);
    await client.connect();
    return client;
  }

  beforeEach(async () => {
    server = new HallProcess({
      name: 'server',
      script: SERVER,
      env: { SOCKET_PORT: '0', SOCKET_AUTH_KEY: AUTH_KEY, HALL_WORKERS: '1' },
      onLine: () => undefined,
    });
    ({ address } = await server.message<{ address: string }>());
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.stop(5000);
  });

  it('judges the games of whoever asks', async () => {
    const client = await connect('audience');
    expect(await client.request('validateGame', { pgn: '1. e4 c5 2. Nf3' })).toMatchObject({
      valid: true,
      eco: 'B27',
      plies: 3,
    });
    expect(await client.request('validateGame', { pgn: '1. e4 e5 2. Ke3' })).toEqual({
      valid: false,
      reason: '"Ke3" is not a legal move for White at ply 3',
    });
  });

  it('refuses data that is no game, and goes on', async () => {
    const client = await connect('audience');
    const notGames = [
      null,
      {},
      { pgn: 5 },
      { pgn: '1. e4', gameId: -1 },
      { pgn: ' '.repeat(5001) },
    ];
    for (const data of notGames) {
      const refusal = { code: 'VALIDATION_FAILED', details: expect.any(Array) };
      await expect(client.request('validateGame', data)).rejects.toMatchObject(refusal);
    }
    expect(await client.request('validateGame', { pgn: '1. e4' })).toMatchObject({ valid: true });
  });

  it('lets in nobody with a role that it does not know', async () => {
    await expect(connect('king')).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
  });

  it('ends the round as a failure when its only worker goes away, and holds another one', async () => {
    const audience = await connect('audience');
    for (const name of ['first', 'second']) {
      const progress = audience.stream<Progress>('watchProgress');
      const worker = await connect('worker', name);
      expect(await progress.next()).toMatchObject({ value: { judged: 0, total: 2108 } });
      worker.close();
      let summary: Summary | undefined;
      for await (const item of progress) ({ summary } = item);
      expect(summary).toMatchObject({ games: 2108, valid: 0, invalid: 0, caught: 0 });
      expect(summary?.problems[0]).toBe(`${name} went away without a report`);
      expect(summary?.problems).toHaveLength(2109);
    }
  });

  describeInChromium('and its page', () => {
    let browser: Browser;
    beforeAll(async () => (browser = await launchChromium()));
    afterAll(() => browser.close());

    async function openPage(): Promise<Page> {
      const page = await browser.newPage();
      const errors: Error[] = [];
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(address.replace('ws:', 'http:'));
      await page.getByText('connected', { exact: true }).waitFor();
      closings.push(async () => {
        await page.close();
        expect(errors).toEqual([]);
      });
      return page;
    }

    const closings: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const close of closings.splice(0)) await close();
    });

    it('shows the round as it goes on, and who is there', async () => {
      const page = await openPage();
      await page.getByText('nobody is here').waitFor();
      const worker = new HallProcess({
        name: 'worker 7',
        script: WORKER,
        env: { SOCKET_ADDRESS: address, SOCKET_AUTH_KEY: AUTH_KEY, WORKER_NAME: 'worker 7' },
        onLine: () => undefined,
      });
      await page.getByRole('listitem').filter({ hasText: 'worker 7' }).waitFor();
      await page.getByText('2108 of 2108 games are judged').waitFor({ timeout: 60_000 });
      expect(await page.locator('#valid').textContent()).toBe('2014');
      expect(await page.locator('#invalid').textContent()).toBe('94');
      expect(await page.locator('#board').getAttribute('aria-label')).toMatch(/white king \w\d/);
      expect(await page.locator('#chart svg').getAttribute('aria-label')).toMatch(/At most [1-9]/);
      await page.getByText('All games are judged').waitFor();
      await worker.stop(5_000);
    });

    it('has a game judged for whoever asks', async () => {
      const page = await openPage();
      await page.getByLabel('Its moves, as PGN').fill('1. e4 c5 2. Nf3');
      await page.getByRole('button', { name: 'Judge' }).click();
      await page.getByText('Valid: B27').waitFor();
      await page.getByLabel('Its moves, as PGN').fill('1. e4 e5 2. Ke3');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('"Ke3" is not a legal move').waitFor();
    });

    it('comes back when it is cut, offline, and under new keys', async () => {
      const page = await openPage();
      await page.getByRole('button', { name: 'Cut' }).click();
      await page.getByText('Disconnected: 1001 cut, as you asked').waitFor();
      await page.getByText('Back, under new keys').waitFor();
      await page.getByRole('button', { name: 'Take new keys' }).click();
      await page.getByText('New keys', { exact: false }).first().waitFor();
      await page.getByRole('button', { name: 'Go offline' }).click();
      await page.getByText('closed', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Go online' }).click();
      await page.getByText('connected', { exact: true }).waitFor();
    });

    it('fits 360 pixels, and wide screens', async () => {
      const page = await openPage();
      for (const width of [360, 1_280]) {
        await page.setViewportSize({ width, height: 800 });
        const wider = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(wider).toBe(0);
      }
    });

    it('lets nobody watch without a token', async () => {
      const stranger = new SocketClient({
        address,
        authKey: AUTH_KEY,
        authData: { role: 'watcher', name: 'a stranger', token: 'made up' },
        reconnect: false,
      });
      await expect(stranger.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    });
  });
});
