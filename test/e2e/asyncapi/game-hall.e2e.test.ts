import 'reflect-metadata';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { NodeProcesses } from '../../../sample-app/cluster/node-processes.js';
import { Organiser } from '../../../sample-app/cluster/organiser.js';
import { GameCatalogue } from '../../../sample-app/games/game-catalogue.service.js';
import { DOCUMENT_PATH } from '../../../sample-app/hall/hall.document.js';
import { makeServerKeys } from '../../../sample-app/hall/server-keys.js';
import type { LiveView } from '../../../sample-app/live-view.js';
import type { Progress } from '../../../sample-app/messages.js';
import { NodeModule } from '../../../sample-app/node/node.module.js';
import { OpeningBook } from '../../../sample-app/openings/opening-book.service.js';
import { ServerModule } from '../../../sample-app/server.module.js';
import { HallTelemetryModule } from '../../../sample-app/telemetry/hall-telemetry.module.js';
import { CLUSTER_HOOKS } from '../../../sample-app/worker.module.js';
import { SocketsDocument, type AsyncApiDocument } from '../../../src/asyncapi/index.js';
import { SocketServer } from '../../../src/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { describeWithRedis, findRedis, useRedis } from '../../helpers/redis.js';
import { withDeadline } from '../../helpers/with-deadline.js';
import { useHalls, type OpenHall } from './open-hall.js';
import { complaintsAbout } from './parse-document.js';

const LONG = 120_000;
const GAMES_ON_NODES = 300;

const redisUrl = await findRedis();
const { cleanUp, open, connect, watch, employ } = useHalls();

/** That everything was declared that was sent, and the other way round, but for some. */
function expectDescribed(halls: readonly OpenHall[], unsent: readonly string[]): void {
  expect(halls.flatMap(({ traffic }) => [...traffic.complaints])).toEqual([]);
  const [first = [], ...others] = halls.map(({ traffic }) => traffic.missing());
  const nowhere = first.filter((key) => others.every((missing) => missing.includes(key)));
  expect(nowhere).toEqual(unsent);
}

describe('The document of the game hall', () => {
  it('has no error and no warning, and is served beside the page', async () => {
    const options = { authKey: AUTH_KEY, workers: 1, ...makeServerKeys() };
    const { url, document } = await open(ServerModule.forRoot(options));
    expect(await complaintsAbout(SocketsDocument.toYaml(document))).toEqual([]);
    const page = await fetch(url + DOCUMENT_PATH);
    expect(await page.text()).toContain('The game hall');
    const json = await fetch(`${url}${DOCUMENT_PATH}-json`);
    const { operations } = (await json.json()) as AsyncApiDocument;
    expect(operations).toEqual(document.operations);
  });

  it(
    'declares what is sent in a round, with schemas that it fits',
    async () => {
      const options = { authKey: AUTH_KEY, workers: 2, ...makeServerKeys() };
      const hall = await open(ServerModule.forRoot(options));
      const [audience, page] = [await connect(hall, { role: 'audience' }), await watch(hall)];
      const views = page.stream<LiveView>('watchHall');
      await views.next();
      const progress = audience.stream<Progress>('watchProgress');
      const shifts = [await employ(hall, 'worker 1'), await employ(hall, 'worker 2')];
      let last: Progress | undefined;
      for await (const item of progress) last = item;
      expect(last?.summary?.problems).toEqual([]);
      await withDeadline(Promise.all(shifts.map(({ over }) => over)), LONG, 'the shifts to end');
      for await (const { game } of views) if (game) break;
      await page.request('ping');
      await audience.request('report', { valid: 0, invalid: 0, failed: 0 });
      await expect(page.request('validateGame', { pgn: 7 })).rejects.toThrow();
      const cut = once(page.events, 'disconnect');
      page.send({ request: 'cutMe' });
      await cut;
      // Who is cut gets no reply, the hall never ends, and those who watch want every value.
      const unsent = ['cutMe.reply', 'watchHall.done', 'watchHall.reply', 'watchProgress.reply'];
      expectDescribed([hall], unsent);
    },
    LONG,
  );
});

describeWithRedis(redisUrl, 'The document of a node of the game hall', () => {
  const redis = useRedis(redisUrl);
  const options = { authKey: AUTH_KEY, workers: 1, ...makeServerKeys() };
  const openNode = () =>
    open(
      NodeModule.forRoot(
        options,
        { redisUrl: redis.url, prefix: redis.prefix },
        HallTelemetryModule.create(),
      ),
    );

  it('has no error and no warning', async () => {
    const { document } = await openNode();
    expect(await complaintsAbout(SocketsDocument.toYaml(document))).toEqual([]);
  });

  it(
    'declares what is sent in a round on two nodes, with schemas that it fits',
    async () => {
      const halls = [await openNode(), await openNode()] as const;
      const page = await watch(halls[1]);
      await page.request('whichNode');
      await page.request('ping');
      const board = new Promise((resolve) => page.on('board', resolve));
      const workers = ['worker 1', 'worker 2'];
      const organiser = openOrganiser(halls, workers);
      await organiser.open();
      for (const [index, name] of workers.entries()) {
        await employ(halls[index]!, name, [...CLUSTER_HOOKS]);
      }
      const { problems } = await organiser.runRound();
      expect(problems).toEqual([]);
      await withDeadline(board, LONG, 'a board');
      await expect(page.request('handOut', {})).rejects.toThrow();
      expectDescribed(halls, ['cutMe.reply', 'killNode.reply']);
    },
    LONG,
  );
});

/** The one of run-cluster.ts, on nodes that are no processes. */
function openOrganiser(halls: readonly OpenHall[], workers: readonly string[]): Organiser {
  const all = halls.map(({ app }, index) => {
    const number = app.get(SocketServer).stats().cluster.node;
    return { number, name: `node ${index + 1}`, isUp: true };
  });
  const nodes = { all, isUp: () => true, nameOf: String } as unknown as NodeProcesses;
  const view = { log: () => undefined, progress: () => undefined, stop: () => undefined };
  const games = new GameCatalogue(new OpeningBook()).games.slice(0, GAMES_ON_NODES);
  const { address } = halls[0]!;
  const connection = { address, authKey: AUTH_KEY, telemetry: undefined };
  const organiser = new Organiser({ ...connection, games, workers, nodes, view });
  cleanUp(() => organiser.close());
  return organiser;
}
