import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../helpers/redis-server.js';
import { withDeadline } from '../../helpers/with-deadline.js';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import {
  HistoryChecker,
  PLANTS,
  plantable,
  type Acknowledged,
  type ObservedRoom,
} from '../support/history-checker.js';
import { NodeCluster, type ClusterNode } from '../support/node-cluster.js';
import { Random } from '../support/random.js';
import { RoomObserver } from '../support/room-observer.js';

export interface HistorySize {
  readonly seconds: number;
  readonly seed: number;
}

const NODES = 3;
const MEMBERS = 6;
const ROOMS = ['table:1', 'table:2', 'table:3'];
const HISTORY = 400;
const MILLISECONDS_BETWEEN_PUBLISHES = 15;
const PLANTED = 30;
const MILLISECONDS_TO_COME_TO_REST = 60_000;

/** What happens to a cluster, each within some seconds. */
const TROUBLES = {
  'clients move': async ({ cluster }: Play) => cluster.moveClients(60),
  'a node is killed': async ({ cluster, random }: Play) => {
    const node = random.pick(cluster.nodes);
    await node.kill();
    await delay(random.between(100, 1_500));
    await node.restart();
  },
  'a node loses its connections to Redis': async ({ cluster, random }: Play) =>
    random.pick(cluster.nodes).relay.cut(),
  'a node is cut off from Redis without noticing': async ({ cluster, random }: Play) =>
    random.pick(cluster.nodes).relay.freeze(),
  'Redis is paused': async ({ cluster, random }: Play) => {
    cluster.redis.pause();
    await delay(random.between(200, 7_000));
    cluster.redis.resume();
  },
  'Redis is killed and comes back empty': async ({ cluster, random }: Play) => {
    await cluster.redis.kill();
    await delay(random.between(100, 1_000));
    await cluster.redis.restart();
  },
} as const;

type Trouble = keyof typeof TROUBLES;

/** One run: a cluster, its members, and what it has acknowledged. */
class Play {
  readonly acknowledged: Acknowledged[] = [];
  readonly troubles = new Map<Trouble, number>();
  readonly members: RoomObserver[] = [];
  refused = 0;
  private values = 0;

  constructor(
    readonly cluster: NodeCluster,
    readonly random: Random,
  ) {}

  async connectMembers(): Promise<void> {
    for (let number = 1; number <= MEMBERS; number++) {
      this.members.push(new RoomObserver(`member ${number}`, this.cluster.address, ROOMS));
    }
    await Promise.all(this.members.map((member) => member.connect()));
  }

  /** Publishes all the time, from some node to some room. */
  async publishUntil(end: number): Promise<void> {
    const underWay = new Set<Promise<void>>();
    while (performance.now() < end) {
      const publish = this.publish(this.cluster.someNode(), this.random.pick(ROOMS));
      underWay.add(publish);
      void publish.finally(() => underWay.delete(publish));
      await delay(MILLISECONDS_BETWEEN_PUBLISHES);
    }
    await Promise.all(underWay);
  }

  async makeTroubleUntil(end: number, tell?: Tell): Promise<void> {
    // Each of them once before any comes again.
    let left: Trouble[] = [];
    while (performance.now() < end) {
      if (left.length === 0) left = Object.keys(TROUBLES) as Trouble[];
      const trouble = this.random.pick(left);
      left = left.filter((one) => one !== trouble);
      tell?.(trouble);
      this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
      await TROUBLES[trouble](this);
      await delay(this.random.between(200, 2_000));
    }
  }

  /** Until every member is where every room is. */
  async comeToRest(): Promise<void> {
    const last = await Promise.all(ROOMS.map((room) => this.publishAtLast(room)));
    await Promise.all(
      last.flatMap(({ room, value, ...place }) =>
        this.members.map((member) => member.untilAt(room, value, place)),
      ),
    );
  }

  async publish(node: ClusterNode | undefined, room: string): Promise<void> {
    const value = `m${++this.values}`;
    try {
      const position = await node!.process.call('publish', room, { room, value });
      this.acknowledged.push({ room, value, ...position });
    } catch {
      // The node or Redis was away: it may have been stored, or not.
      this.refused++;
    }
  }

  private async publishAtLast(room: string): Promise<Acknowledged> {
    const before = this.acknowledged.length;
    for (;;) {
      await this.publish(this.cluster.someNode(), room);
      const last = this.acknowledged.slice(before).find((one) => one.room === room);
      if (last) return last;
      await delay(100);
    }
  }
}

/** Random troubles for a cluster, while members and a checker of histories look on. */
export async function checkHistory({ seconds, seed }: HistorySize, tell?: Tell): Promise<Finding> {
  tell?.(`seed ${seed}`);
  const random = new Random(seed);
  const redis = await RedisServer.start();
  const rooms = { 'table:*': { history: HISTORY } };
  let cluster: NodeCluster | undefined;
  const members: RoomObserver[] = [];
  try {
    cluster = await NodeCluster.start(redis, NODES, rooms, random);
    const play = new Play(cluster, random);
    await play.connectMembers();
    members.push(...play.members);
    const end = performance.now() + seconds * 1_000;
    await Promise.all([play.publishUntil(end), play.makeTroubleUntil(end, tell)]);
    await withDeadline(
      play.comeToRest(),
      MILLISECONDS_TO_COME_TO_REST,
      'everybody to be up to date',
    );
    return judge({ seconds, seed }, play);
  } finally {
    for (const member of members) member.close();
    await cluster?.stop();
    await redis.stop();
  }
}

function judge({ seconds, seed }: HistorySize, play: Play): Finding {
  const observed = play.members.flatMap((member) => member.observed());
  const { acknowledged, troubles, refused, random } = play;
  const gaps = observed
    .flatMap(({ observations }) => observations)
    .filter((one) => one.kind === 'entered' && !one.recovered).length;
  const messages = observed.flatMap(({ observations }) => observations).length;
  const kinds = [...troubles].map(([trouble, times]) => `${trouble}: ${times}`).join(', ');
  return finding(
    {
      suite: `history of ${NODES} nodes under trouble, seed ${seed}`,
      howMuch: `${seconds} s, ${formatCount(acknowledged.length)} acknowledged publishes (${formatCount(refused)} refused), ${MEMBERS} members`,
      seen: `${formatCount(messages)} messages seen, ${gaps - observed.length} gaps declared; ${kinds}`,
    },
    {
      'no acknowledged publish is lost, comes twice or out of order, but behind a declared gap':
        faultsOf(acknowledged, observed),
      'members see what is published': messages > acknowledged.length,
      'troubles happen': troubles.size > 1,
      'what is planted is found': missedPlants(acknowledged, observed, random),
    },
  );
}

function faultsOf(
  acknowledged: readonly Acknowledged[],
  observed: readonly ObservedRoom[],
): string[] {
  const checker = new HistoryChecker(acknowledged);
  for (const one of observed) checker.check(one, true);
  return checker.faults;
}

/** Faults that are put into what was really seen must be found, each of them. */
function missedPlants(
  acknowledged: readonly Acknowledged[],
  observed: readonly ObservedRoom[],
  random: Random,
): string[] {
  const known = new Set(acknowledged.map(({ value }) => value));
  const missed: string[] = [];
  let planted = 0;
  for (const kind of Object.keys(PLANTS) as (keyof typeof PLANTS)[]) {
    for (let count = 0; count < PLANTED; count++) {
      const one = random.pick(observed);
      const places = plantable(one.observations, known);
      if (places.length === 0) continue;
      planted++;
      const at = random.pick(places);
      const observations = PLANTS[kind](one.observations, at);
      const isFound = faultsOf(acknowledged, [{ ...one, observations }]).length > 0;
      if (!isFound) missed.push(`${kind} at ${at}`);
    }
  }
  return planted < PLANTED ? [...missed, `only ${planted} could be planted`] : missed;
}
