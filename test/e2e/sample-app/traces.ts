import { expect, it } from '@jest/globals';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { OtlpCollector, type CollectedSpan } from '../../helpers/otlp-collector.js';
import { describeWithRedis, useRedis } from '../../helpers/redis.js';
import { figuresOf, MAIN, MILLISECONDS_TO_RUN, runIn } from './runs.js';

const SERVER = 2;
const CLIENT = 3;
const GAMES = 2108;
const NODE = { service: expect.stringMatching(/^node \d$/) };
const WORKER = { service: expect.stringMatching(/^worker \d$/) };

const cleanUp = useCleanUp();

/** What the processes of the sample tell a collector, each for itself. */
export function describeTraces(found: string | undefined): void {
  describeWithRedis(found, 'the traces of the sample app on several nodes', () => {
    const redis = useRedis(found);
    it(
      'go from the organiser through two nodes to a worker, and back to a node',
      async () => {
        const collector = await OtlpCollector.start();
        cleanUp(() => collector.stop());
        const env = { REDIS_URL: redis.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
        const hall = runIn(env, process.execPath, MAIN, '--nodes', '2');
        if ((await hall.ended) !== 0) throw new Error(hall.output());
        expect(figuresOf(hall.output())).toMatchObject({ 'handed out again': '0 games' });
        const errands = new Spans(collector.spans).errands;
        expect(errands.reduce((sum, { games }) => sum + games, 0)).toBe(GAMES);
        // As many workers are on the other node as on that of the organiser.
        const distant = errands.filter(({ nodes }) => nodes.size === 2);
        expect(distant.length).toBeGreaterThan(0);
      },
      MILLISECONDS_TO_RUN,
    );
  });
}

/** An errand of the organiser: games that a worker is to judge. */
interface Errand {
  /** Those that have to do with it. */
  readonly nodes: ReadonlySet<string>;
  readonly games: number;
}

/** What was collected, by what it is a part of. */
class Spans {
  private readonly byParent = new Map<string, CollectedSpan[]>();

  constructor(spans: readonly CollectedSpan[]) {
    for (const span of spans) {
      const { parentSpanId = '' } = span;
      this.byParent.set(parentSpanId, [...(this.byParent.get(parentSpanId) ?? []), span]);
    }
  }

  /** The errands, each of which is a trace. @throws where one is not as it has to be */
  get errands(): Errand[] {
    const handedOut = this.partsOf('').filter(({ name }) => name === 'handOut');
    return handedOut.map((span) => this.follow(span));
  }

  /** From the organiser to a node, maybe by another one to a worker, and from there back to its node. */
  private follow(errand: CollectedSpan): Errand {
    expect(errand).toMatchObject({ service: 'organiser', kind: CLIENT });
    const handler = this.onlyPartOf(errand);
    expect(handler).toMatchObject({ ...NODE, name: 'handOut', kind: SERVER });
    const ask = this.onlyPartOf(handler);
    expect(ask).toMatchObject({ service: handler.service, name: 'judgeGames', kind: CLIENT });
    const next = this.onlyPartOf(ask);
    const isElsewhere = next.kind === CLIENT;
    if (isElsewhere) expect(next).toMatchObject({ ...NODE, name: 'judgeGames' });
    const node = isElsewhere ? next.service : ask.service;
    const work = isElsewhere ? this.onlyPartOf(next) : next;
    expect(work).toMatchObject({ ...WORKER, name: 'judgeGames', kind: SERVER });
    return { nodes: new Set([ask.service, node]), games: this.gamesOf(work, node) };
  }

  /** What the worker asks its own node while it is at work. */
  private gamesOf(work: CollectedSpan, node: string): number {
    const asked = this.partsOf(work.spanId);
    for (const question of asked) {
      const { service, traceId } = work;
      expect(question).toMatchObject({ service, traceId, name: 'validateGame', kind: CLIENT });
      const answer = { service: node, traceId, name: 'validateGame', kind: SERVER };
      expect(this.onlyPartOf(question)).toMatchObject(answer);
    }
    return asked.length;
  }

  private onlyPartOf({ spanId, traceId }: CollectedSpan): CollectedSpan {
    const parts = this.partsOf(spanId);
    expect(parts).toMatchObject([{ traceId }]);
    return parts[0]!;
  }

  private partsOf(spanId: string): readonly CollectedSpan[] {
    return this.byParent.get(spanId) ?? [];
  }
}
