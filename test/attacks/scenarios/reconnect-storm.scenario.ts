import type { ReconnectOptions } from '../../../src/client/index.js';
import type { SocketsOptions } from '../../../src/index.js';
import type { Child } from '../support/child.js';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import type { Fleet } from '../support/fleet.js';
import { Scene } from '../support/scene.js';

export interface StormSize {
  readonly clients: number;
  /** The processes that they are spread over. */
  readonly processes: number;
  /** Milliseconds that the server takes to authenticate each. */
  readonly authDelay: number;
  readonly reconnect: ReconnectOptions;
  readonly options?: SocketsOptions;
  /** In which everybody must be back. */
  readonly maxSeconds: number;
}

/** All clients of one address lose their server at once, and come back, many more than may be unauthenticated. */
export function storm(size: StormSize, tell?: Tell): Promise<Finding> {
  const { clients, processes, maxSeconds, options } = size;
  return Scene.play(async (scene) => {
    const server = await scene.server(options);
    const fleets: Child<Fleet>[] = [];
    for (let index = 0; index < processes; index++) {
      const { reconnect, authDelay } = size;
      const plan = { name: `fleet${index}`, size: clients / processes, reconnect, authDelay };
      fleets.push(await scene.fleet(server, plan));
      tell?.(`${formatCount(((index + 1) * clients) / processes)} clients are there`);
    }
    await server.kill();
    await server.restart();
    const startedAt = performance.now();
    await Promise.all(fleets.map((fleet) => fleet.call('untilReconnected', 1)));
    const seconds = (performance.now() - startedAt) / 1_000;
    const roles = await server.process.call('roles');
    const { refused, authenticated } = await server.stats();
    const refusals = refused['maxUnauthenticatedConnectionsPerIp'] ?? 0;
    const reconnections = (
      await Promise.all(fleets.map((fleet) => fleet.call('reconnections')))
    ).flat();
    return finding(
      {
        suite: 'Reconnect storm',
        howMuch: `${formatCount(clients)} clients of one address in ${processes} processes`,
        seen: `all back ${seconds.toFixed(1)} s after the new server; ${formatCount(refusals)} attempts refused with 429 on the way`,
      },
      {
        'everybody comes back, and nobody twice':
          roles.length === clients && new Set(roles).size === clients && authenticated === clients,
        'each reconnects once': reconnections.every((times) => times === 1),
        'limits refuse nobody': refusals === 0,
        [`within ${maxSeconds} s`]: seconds <= maxSeconds,
      },
    );
  });
}
