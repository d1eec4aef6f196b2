import { FLOODS, type FloodName } from './floods.js';
import type { Target } from './raw-socket.js';

/** What a test asks the attacker for. Its own process, so that it costs nobody else time. */
export interface AttackerCommands {
  begin(flood: FloodName, target: Target): void;
  /** Stops, and returns how often the flood did what it does. */
  end(): Promise<number>;
}

let controller = new AbortController();
let running: Promise<number> = Promise.resolve(0);

const commands: AttackerCommands = {
  begin(flood, target) {
    controller = new AbortController();
    running = FLOODS[flood](target, controller.signal);
  },
  end() {
    controller.abort();
    return running;
  },
};

interface Call {
  readonly id: number;
  readonly command: keyof AttackerCommands;
  readonly args: readonly unknown[];
}

process.on('message', ({ id, command, args }: Call) => {
  const run = commands[command] as (...values: readonly unknown[]) => unknown;
  void Promise.resolve(run(...args)).then((result) => process.send?.({ id, result }));
});
process.once('disconnect', () => process.exit());
