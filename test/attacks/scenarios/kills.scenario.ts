import type { ReconnectOptions } from '../../../src/client/index.js';
import type { AttackedServer } from '../support/attacked-server.js';
import type { Child } from '../support/child.js';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import type { Fleet } from '../support/fleet.js';
import { Scene } from '../support/scene.js';
import { percentile } from '../support/statistics.js';

export interface KillsSize {
  readonly clients: number;
  readonly kills: number;
  readonly reconnect: ReconnectOptions;
}

/** What one server saw between its start and its end. */
interface Life {
  readonly roles: readonly unknown[];
  readonly confirmed: readonly string[];
}

/** SIGKILL for a server under load, again and again, with a new one on the same port. */
export function killServer(size: KillsSize, tell?: Tell): Promise<Finding> {
  const { clients, kills, reconnect } = size;
  return Scene.play(async (scene) => {
    const server = await scene.server();
    const fleet = await scene.fleet(server, { name: 'client', size: clients, reconnect });
    await fleet.call('beginLoad');
    const lives = [await live(server, fleet)];
    const recoveries: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      await server.kill();
      await server.restart();
      recoveries.push(await untilBack(fleet, kill));
      lives.push(await live(server, fleet));
      tell?.(`${kill} of ${kills}`);
    }
    return judge(size, fleet, lives, recoveries);
  });
}

async function live(server: AttackedServer, fleet: Child<Fleet>): Promise<Life> {
  await fleet.call('untilAnswered');
  const roles = await server.process.call('roles');
  return { roles, confirmed: (await server.takeDelivered()) as string[] };
}

async function untilBack(fleet: Child<Fleet>, times: number): Promise<number> {
  const startedAt = performance.now();
  await fleet.call('untilReconnected', times);
  return performance.now() - startedAt;
}

async function judge(
  { clients, kills, reconnect }: KillsSize,
  fleet: Child<Fleet>,
  lives: readonly Life[],
  recoveries: readonly number[],
): Promise<Finding> {
  const { answered, rejected, wrong } = await fleet.call('endLoad');
  const { CONNECTION_LOST: lost = 0, ...others } = rejected;
  const reconnections = await fleet.call('reconnections');
  const baseDelay = reconnect.baseDelay ?? 1_000;
  return finding(
    {
      suite: `kill -9 of the server, reconnecting after up to ${baseDelay} ms`,
      howMuch: `${kills} kills under ${clients} clients, ${formatCount(answered)} requests`,
      seen: `all back within ${formatCount(percentile(recoveries, 50))} ms (median) to ${formatCount(percentile(recoveries, 100))} ms of the new server; ${formatCount(lost)} requests in flight rejected`,
    },
    {
      'every client is there after every kill, and none twice': lives.every(
        ({ roles }) => roles.length === clients && new Set(roles).size === clients,
      ),
      'every client reconnects once for each kill': reconnections.every((times) => times === kills),
      'requests are in flight when the server dies': lost >= kills,
      'those are rejected with CONNECTION_LOST, and no others are': Object.keys(others),
      'every answer belongs to its request': wrong,
      'nothing is handled twice': findTwice(lives.flatMap(({ confirmed }) => confirmed)),
      'nothing is asked again on the next server': lives.flatMap(findRepeated),
    },
  );
}

function findTwice(tags: readonly string[]): string[] {
  const seen = new Set<string>();
  return tags.filter((tag) => seen.size === seen.add(tag).size);
}

/** In one life of the server each client has one connection, so its requests come from one. */
function findRepeated({ confirmed }: Life): string[] {
  const connections = new Map<string, string>();
  return confirmed.filter((tag) => {
    const [client, connection] = tag.split('/') as [string, string];
    if (!connections.has(client)) connections.set(client, connection);
    return connections.get(client) !== connection;
  });
}
