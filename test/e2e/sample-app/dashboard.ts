import { describe, expect, it } from '@jest/globals';
import type { WatcherPass } from '../../../sample-app/live-view.js';
import { SocketClient } from '../../../src/client/index.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { freePort } from '../../helpers/free-port.js';
import { readPrometheusText } from '../../helpers/prometheus-text.js';
import { describeWithRedis, useRedis } from '../../helpers/redis.js';
import { until } from '../../helpers/until.js';
import { expectGrown, expectShown } from './panels.js';
import { fileTargets, Scrape, staticTargets } from './prometheus.js';
import { figuresOf, MAIN, MILLISECONDS_TO_RUN, run, runIn, type Run } from './runs.js';

const GAMES = 2108;
const TIMED_ONE_IN = 8;
const IS_OVER = /The page stays up at/;
const SERVER = 'sample-app/dist/sample-app/server.js';
const JUDGED = 'nestjs_sockets_handler_calls_total{rpc_method="validateGame"}';

const cleanUp = useCleanUp();

/** What Prometheus reads of the sample, and what the dashboard shows of that. */
export function describeDashboard(redis: string | undefined): void {
  describe('the metrics of the sample app', () => {
    itMeasuresOne();
    itIsFound();
  });
  describeWithRedis(redis, 'the metrics of the sample app on several nodes', () => {
    itMeasuresNodes(redis);
  });
}

function itMeasuresOne(): void {
  it(
    'fit a round, while it is on and after it',
    async () => {
      const hall = run(process.execPath, MAIN, '--watch');
      const during = await scrapeInRound(hall);
      expect(during.sum('nestjs_sockets_connections{state="authenticated"}')).toBe(3);
      await hall.printed(IS_OVER);
      const [server] = metricsOf(hall);
      expect(server).toMatch(/^127\.0\.0\.1:\d+$/);
      await misbehave(server!);
      const after = await Scrape.take();
      expect(after.instances).toEqual([server]);
      expectGrown(during, after);
      expectJudged(after);
      expectRefusal(after);
      expect(after.sum('nestjs_sockets_handler_calls_total{rpc_method="report"}')).toBe(2);
      expect(after.sum('nestjs_sockets_connections_opened_total')).toBe(5);
      expect(after.sum('nestjs_sockets_authentications_total')).toBe(4);
      expect(after.sum('nestjs_sockets_fan_out_count{target="meta"}')).toBe(1);
      expect(after.sum('nestjs_sockets_fan_out_sum{target="meta"}')).toBe(2);
      expect(after.sum('nestjs_sockets_fan_out_sum{target="all"}')).toBe(3);
      expectShown(after);
      await expectNothingLeft(hall);
    },
    MILLISECONDS_TO_RUN,
  );
}

function itMeasuresNodes(found: string | undefined): void {
  const redis = useRedis(found);
  it(
    'fit a round that three of them share',
    async () => {
      const hall = runIn(
        { REDIS_URL: redis.url },
        process.execPath,
        MAIN,
        '--nodes',
        '3',
        '--watch',
      );
      const during = await scrapeInRound(hall);
      expect(during.sum('nestjs_sockets_connections{state="authenticated"}')).toBe(7);
      // Everybody's on each node, and that for the organiser.
      expect(during.sum('nestjs_sockets_rooms')).toBe(4);
      await hall.printed(IS_OVER);
      const nodes = metricsOf(hall);
      expect(nodes).toHaveLength(3);
      await misbehave(nodes[0]!);
      const after = await Scrape.take();
      expect(after.instances.toSorted()).toEqual(nodes.toSorted());
      expectGrown(during, after);
      expectJudged(after);
      expectRefusal(after);
      expect(figuresOf(hall.output())).toMatchObject({ 'handed out again': '0 games' });
      const values = (name: string) => after.select(name).map(({ value }) => value);
      expect(values('nestjs_sockets_cluster_nodes')).toEqual([3, 3, 3]);
      expect(values('nestjs_sockets_engine_available')).toEqual([1, 1, 1]);
      expect(after.sum('nestjs_sockets_connections_opened_total')).toBe(9);
      // Each verdict is published in the room of the organiser, and each node hears of it.
      expect(after.sum('nestjs_sockets_fan_out_sum{target="rooms"}')).toBeGreaterThanOrEqual(GAMES);
      const frames = 'nestjs_sockets_cluster_frames_total{network_io_direction="receive"}';
      expect(after.sum(frames)).toBeGreaterThan(GAMES);
      expect(after.select('nestjs_sockets_cluster_frames_lost_total')).toHaveLength(9);
      expect(after.sum('nestjs_sockets_cluster_frames_lost_total')).toBe(0);
      expect(values('nestjs_sockets_rooms_gaps_total')).toEqual([0, 0, 0]);
      expectShown(after);
      await expectNothingLeft(hall);
    },
    MILLISECONDS_TO_RUN,
  );
}

function itIsFound(): void {
  it('are where the server says, when it is started by itself', async () => {
    const port = await freePort();
    const server = runIn({ SOCKET_PORT: String(port) }, process.execPath, SERVER);
    await server.printed(/npm run start:worker/);
    const url = `http://127.0.0.1:${port}/metrics`;
    expect(server.output()).toContain(`\nPrometheus finds its metrics at ${url}\n`);
    const { samples } = readPrometheusText(await (await fetch(url)).text());
    expect(samples.map(({ name }) => name)).toContain('nestjs_sockets_connections_opened_total');
  });

  it('are looked for where that server is without being told', () => {
    expect(staticTargets).toEqual(['127.0.0.1:2667']);
  });
}

/** The first answers in which some games are judged, and not all. */
async function scrapeInRound(hall: Run): Promise<Scrape> {
  let scrape: Scrape;
  const isInRound = async (): Promise<boolean> => {
    const isOver = hall.child.exitCode !== null || IS_OVER.test(hall.output());
    if (isOver) throw new Error(`No game was counted before the end:\n${hall.output()}`);
    scrape = await Scrape.take();
    const judged = scrape.sum(JUDGED);
    if (judged >= GAMES) throw new Error('The round was over before it was seen');
    return judged > 0;
  };
  await until(isInRound, 'a game to be judged', MILLISECONDS_TO_RUN);
  return scrape!;
}

/** Where the run says that its metrics are. */
function metricsOf({ output }: Run): string[] {
  const [, urls] = /^Prometheus finds the metrics at (.*)$/m.exec(output()) ?? [];
  return urls!.split(', ').map((url) => {
    expect(new URL(url).pathname).toBe('/metrics');
    return new URL(url).host;
  });
}

/** A page asks for what is no game, and a stranger wants to watch. */
async function misbehave(host: string): Promise<void> {
  const pass = (await (await fetch(`http://${host}/pass`)).json()) as WatcherPass;
  const page = watcher(host, pass);
  await page.connect();
  await expect(page.request('validateGame', { pgn: 5 })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  const stranger = watcher(host, { ...pass, token: 'made up' });
  await expect(stranger.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
}

function watcher(host: string, { serverPublicKey, token }: WatcherPass): SocketClient {
  const client = new SocketClient({
    address: `ws://${host}`,
    serverPublicKey,
    authData: { role: 'watcher', name: 'a test', token },
    reconnect: false,
  });
  cleanUp(() => client.close());
  return client;
}

/** Of each game one call, and one of what was none; of so many of them one was timed. */
function expectJudged(after: Scrape): void {
  const calls = after.select(JUDGED).map(({ value }) => value);
  expect(after.sum(JUDGED)).toBe(GAMES + 1);
  const timed = calls.reduce((sum, count) => sum + Math.ceil(count / TIMED_ONE_IN), 0);
  const durations = (part: string, label = '') =>
    after.sum(`rpc_server_call_duration_${part}{rpc_method="validateGame"${label}}`);
  expect(durations('count')).toBe(timed);
  expect(durations('bucket', ',le="+Inf"')).toBe(timed);
  expect(durations('sum')).toBeGreaterThan(0);
  for (const direction of ['receive', 'transmit']) {
    const messages = after.sum(
      `nestjs_sockets_messages_total{network_io_direction="${direction}"}`,
    );
    const bytes = after.sum(`nestjs_sockets_io_total{network_io_direction="${direction}"}`);
    expect(messages).toBeGreaterThan(GAMES);
    expect(bytes).toBeGreaterThan(messages);
  }
}

function expectRefusal(after: Scrape): void {
  const failures = 'nestjs_sockets_handler_failures_total{rpc_method="validateGame"}';
  expect(after.select(failures)).toMatchObject([
    { labels: { error_type: 'VALIDATION_FAILED' }, value: 1 },
  ]);
  expect(after.select('nestjs_sockets_refusals_total')).toMatchObject([
    { labels: { reason: expect.stringMatching(/auth/i) }, value: 1 },
  ]);
}

/** Nobody is looked for who has gone. */
async function expectNothingLeft(hall: Run): Promise<void> {
  process.kill(hall.child.pid!, 'SIGINT');
  expect(await hall.ended).toBe(0);
  expect(fileTargets()).toEqual([]);
}
