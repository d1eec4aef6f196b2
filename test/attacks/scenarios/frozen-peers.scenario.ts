import { finding, formatCount, type Finding } from '../support/finding.js';
import { bystandersOf, Scene } from '../support/scene.js';

export interface FrozenPeersSize {
  readonly peers: number;
  readonly heartBeatInterval: number;
  /** Heartbeats in which the server must have noticed. */
  readonly maxHeartBeats: number;
}

/** A process with many clients stands still: its sockets stay open, and nobody is behind them. */
export function freezePeers(size: FrozenPeersSize): Promise<Finding> {
  const { peers, heartBeatInterval, maxHeartBeats } = size;
  return Scene.play(async (scene) => {
    const server = await scene.server({ heartBeatInterval });
    const honest = await scene.honest(server);
    const fleet = await scene.fleet(server, { name: 'frozen', size: peers, reconnect: false });
    await honest.call('begin');
    await server.process.call('noteDepartures');
    const frozenAt = Date.now();
    fleet.freeze();
    await server.process.call('untilDeparted', peers);
    const bystanders = await bystandersOf(server, honest);
    const departures = await server.process.call('departures');
    const elapsed = Math.max(...departures.map(({ at }) => at)) - frozenAt;
    return finding(
      {
        suite: 'Frozen peers',
        howMuch: `${formatCount(peers)} in a stopped process, a heartbeat every ${heartBeatInterval} ms`,
        seen: `dropped after ${(elapsed / heartBeatInterval).toFixed(1)} heartbeats; ${bystanders.seen}`,
      },
      {
        ...bystanders.promises,
        [`frozen peers are dropped within ${maxHeartBeats} heartbeats`]:
          elapsed <= maxHeartBeats * heartBeatInterval,
        'nobody else is': departures.length === peers,
      },
    );
  });
}
