import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createClient } from 'redis';
import { launchChromium } from '../../browser/support/chromium.js';
import { describeInChromium } from '../../browser/support/describe-in-chromium.js';
import { describeWithRedis, useRedis, type TestRedis } from '../../helpers/redis.js';
import { figuresOf, isAnyLeft, MAIN, MILLISECONDS_TO_RUN, run, runIn, type Run } from './runs.js';

const HAS_JUDGED_SOME = /^Judged [1-9]\d* of/m;
const MILLISECONDS_TO_COME_BACK = 60_000;

/** The sample on several nodes, on the Redis that was found, or one of the tests' own. */
export function describeNodes(found: string | undefined): void {
  describeWithRedis(found, 'the sample app on several nodes', () => {
    const redis = useRedis(found);
    itJudgesAll(redis);
    itSurvives(redis);
    itEnds(redis);
    itShowsThePage(redis);
  });
  itNeedsRedis();
}

function itJudgesAll(redis: TestRedis): void {
  it(
    'has every game judged rightly by workers of all nodes, and leaves nothing behind',
    async () => {
      const hall = start(redis, '--nodes', '2');
      if ((await hall.ended) !== 0) throw new Error(hall.output());
      expect(figuresOf(hall.output())).toMatchObject({
        ...ALL_RIGHT,
        connections: '5',
        nodes: '2',
        workers: '4: 2 on node 1, 2 on node 2',
        announcement: 'heard once by 4 of 4 workers',
        'handed out again': '0 games',
      });
      const percents = [...hall.output().matchAll(/^Judged \d+ of 2108 games \((\d+) %\)$/gm)];
      expect(percents.map(([, percent]) => Number(percent))).toEqual(
        Array.from({ length: 21 }, (_, index) => 5 * index),
      );
      const heard = [...hall.output().matchAll(/^worker (\d): All games are judged: 2108/gm)];
      expect(heard.map(([, worker]) => worker).toSorted()).toEqual(['1', '2', '3', '4']);
      await expectNothingLeft(redis, hall);
    },
    MILLISECONDS_TO_RUN,
  );
}

function itSurvives(redis: TestRedis): void {
  it(
    'has every game judged rightly when a node is killed, also that of the organiser',
    async () => {
      const hall = start(redis, '--nodes', '3');
      await hall.printed(HAS_JUDGED_SOME);
      const [, name] = /^the organiser: here, on (node \d)$/m.exec(hall.output()) ?? [];
      process.kill(pidOf(hall, name!), 'SIGKILL');
      if ((await hall.ended) !== 0) throw new Error(hall.output());
      expect(figuresOf(hall.output())).toMatchObject({
        ...ALL_RIGHT,
        nodes: `3, lost: ${name}`,
        workers: expect.stringMatching(/^6: \d on node \d, \d on node \d$/),
        announcement: 'heard once by 6 of 6 workers',
        'handed out again': expect.stringMatching(/^[1-9]\d* games$/),
      });
      expect(hall.output()).toMatch(/^the organiser: back, on node \d$/m);
      await expectNothingLeft(redis, hall);
    },
    MILLISECONDS_TO_RUN,
  );
}

function itEnds(redis: TestRedis): void {
  it(
    'fails, and leaves nothing behind, when the last node dies',
    async () => {
      const hall = start(redis, '--nodes', '2');
      await hall.printed(HAS_JUDGED_SOME);
      for (const name of ['node 1', 'node 2']) process.kill(pidOf(hall, name), 'SIGKILL');
      expect(await hall.ended).toBe(1);
      expect(hall.output()).toMatch(/^The node \d process ended before its time, by SIGKILL$/m);
      await expectNothingLeft(redis, hall);
    },
    MILLISECONDS_TO_RUN,
  );

  it(
    'stops all of its processes when it is interrupted',
    async () => {
      const hall = start(redis, '--nodes', '2');
      await hall.printed(HAS_JUDGED_SOME);
      process.kill(-hall.child.pid!, 'SIGINT');
      expect(await hall.ended).toBe(130);
      await expectNothingLeft(redis, hall);
    },
    MILLISECONDS_TO_RUN,
  );
}

function itShowsThePage(redis: TestRedis): void {
  describeInChromium('and its page', () => {
    let browser: Browser;
    beforeAll(async () => (browser = await launchChromium()));
    afterAll(() => browser.close());

    it(
      'shows who is where, and goes on elsewhere when its node is killed, with nothing missed',
      async () => {
        const hall = start(redis, '--nodes', '2', '--watch');
        await hall.printed(/The page stays up at/);
        const [, url] = /The page stays up at (http:\S+)\. Ctrl-C/.exec(hall.output()) ?? [];
        const page = await browser.newPage();
        page.setDefaultTimeout(MILLISECONDS_TO_COME_BACK);
        await page.goto(url!);
        await page.locator('#nodes li').filter({ hasText: 'the organiser' }).waitFor();
        const mine = page.locator('#nodes li[aria-current]');
        const [name] = /^node \d/.exec(await mine.innerText()) ?? [];
        const other = name === 'node 1' ? 'node 2' : 'node 1';
        await page.getByText('2108 of 2108 games are judged').waitFor();

        await page.getByRole('button', { name: 'Kill this node' }).focus();
        await page.keyboard.press('Enter');
        await page.locator('#nodes li', { hasText: `${name}, killed` }).waitFor();
        await mine.filter({ hasText: `${other}, with this page` }).waitFor();
        await page.locator('#log').getByText('Nothing was missed').waitFor();
        await mine.filter({ hasText: 'the organiser' }).waitFor();
        expect(await page.locator('#boards-missed').textContent()).toBe('0');
        // The last one goes on.
        expect(await page.getByRole('button', { name: 'Kill this node' }).isDisabled()).toBe(true);
        await page.getByRole('button', { name: 'Judge' }).click();
        await page.getByText('Valid: ').waitFor();
        for (const width of [360, 1_280]) {
          await page.setViewportSize({ width, height: 800 });
          const wider =
            'document.documentElement.scrollWidth - document.documentElement.clientWidth';
          expect(await page.evaluate(wider)).toBe(0);
        }
        await page.close();
        process.kill(hall.child.pid!, 'SIGINT');
        expect(await hall.ended).toBe(0);
        await expectNothingLeft(redis, hall);
      },
      MILLISECONDS_TO_RUN,
    );
  });
}

function itNeedsRedis(): void {
  describe('the sample app on several nodes, when it cannot be', () => {
    it('says how to get a Redis when there is none, before it starts anything', async () => {
      const env = { REDIS_URL: 'redis://:secret@127.0.0.1:1' };
      const hall = runIn(env, process.execPath, MAIN, '--nodes', '2');
      expect(await hall.ended).toBe(1);
      expect(hall.output()).toMatch(/^No Redis answers at redis:\/\/127\.0\.0\.1:1 \(.*REFUSED/);
      expect(hall.output()).toContain('docker run --rm -p 6379:6379 redis');
      expect(hall.output()).toContain('apt-get install redis-server');
      expect(hall.output()).toContain('REDIS_URL=');
      expect(hall.output()).not.toMatch(/node \d|secret/);
    });

    it.each(['1', '9', 'many', ''])('refuses %j nodes', async (count) => {
      const hall = run(process.execPath, MAIN, '--nodes', count);
      expect(await hall.ended).toBe(1);
      expect(hall.output()).toBe(`--nodes takes a number from 2 to 8, not "${count}"\n`);
    });
  });
}

const ALL_RIGHT = {
  games: '2108',
  valid: '2014 of 2014',
  invalid: '94 of 94',
  'illegal games caught': '94 of 94',
  wire: 'version 2',
  problems: 'none',
};

function start({ url }: TestRedis, ...args: string[]): Run {
  return runIn({ REDIS_URL: url }, process.execPath, MAIN, ...args);
}

function pidOf(hall: Run, node: string): number {
  const [, pid] = new RegExp(`^${node}: up at .*, process (\\d+)$`, 'm').exec(hall.output()) ?? [];
  return Number(pid);
}

/** Neither a process nor a key. */
async function expectNothingLeft({ url }: TestRedis, { child, output }: Run): Promise<void> {
  expect(isAnyLeft(child.pid!)).toBe(false);
  const [, prefix] = /^The nodes meet at .*, in (\S+)\*$/m.exec(output()) ?? [];
  expect(prefix).toMatch(/^game-hall-\w+:$/);
  const client = createClient({ url });
  await client.connect();
  expect(await client.keys(`${prefix}*`)).toEqual([]);
  client.destroy();
}
