import { serveCommands } from './commands.js';
import { HonestLoad, type Service } from './honest-load.js';
import type { Target } from './raw-socket.js';

/** Honest clients in a process of their own, so that no attacker's work delays their clocks. */
export interface HonestCommands {
  connect(target: Target, count: number): Promise<void>;
  begin(): void;
  end(): Promise<Service>;
}

const load = new HonestLoad();

serveCommands<HonestCommands>({
  connect: (target, count) => load.connect(target, count),
  begin: () => load.begin(),
  end: () => load.end(),
});
