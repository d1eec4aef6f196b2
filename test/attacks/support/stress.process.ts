import { serveCommands } from './commands.js';
import type { Target } from './raw-socket.js';
import { StressPeer, type Deeds } from './stress-peer.js';

/** What a test asks the process of the peers for. */
export interface StressCommands {
  begin(target: Target, connections: number, seed: number): void;
  /** What they have done so far. */
  deeds(): Deeds;
  /** Resolves when each has what it asked for. */
  end(): Promise<Deeds>;
}

const controller = new AbortController();
const deeds: Deeds = { requests: 0, messages: 0, pauses: 0, departures: 0, faults: [] };
let living: Promise<unknown> = Promise.resolve();

const commands: StressCommands = {
  begin(target, connections, seed) {
    const peers = Array.from(
      { length: connections },
      (_, index) => new StressPeer(target, seed + index, deeds),
    );
    living = Promise.all(peers.map((peer) => peer.live(controller.signal)));
  },
  deeds: () => deeds,
  async end() {
    controller.abort();
    await living;
    return deeds;
  },
};

serveCommands(commands);
