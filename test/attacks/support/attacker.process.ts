import { countAdmitted, live } from './churn.js';
import { serveCommands } from './commands.js';
import { FLOODS, type FloodName } from './floods.js';
import { inParallel } from './in-parallel.js';
import { grabMemory, type HogName } from './memory-hogs.js';
import { mutate, type MutationKind } from './mutations.js';
import type { Target } from './raw-socket.js';
import { REPLAYS, reorder, type ReplayKind } from './replays.js';
import { UnreadPeers } from './unread-peers.js';
import { commitOne } from './violations.js';

const CONNECTIONS_AT_ONCE = 32;

/** What a test asks the attacker for. Its own process, so that it costs nobody else time. */
export interface AttackerCommands {
  begin(flood: FloodName, target: Target): void;
  /** Stops, and returns how often the flood did what it does. */
  end(): Promise<number>;
  /** Commits so many violations, and returns what the server did wrong. */
  violate(target: Target, from: number, count: number): Promise<string[]>;
  /** Puts so many mutations to the server, and returns what fast-check says about a failure. */
  mutate(kind: MutationKind, target: Target, runs: number, seed: number): Promise<string[]>;
  /** Attempts it so often, and returns what the server did wrong. */
  replay(kind: ReplayKind, target: Target, from: number, count: number): Promise<string[]>;
  reorder(target: Target, count: number): Promise<void>;
  /** So many peers authenticate, and read nothing from then on. */
  stopReading(target: Target, count: number): Promise<void>;
  /** Each of them asks for so many replies of 64 KiB. */
  askForReplies(count: number): void;
  /** They read on. Returns how many of them are still served. */
  readAgain(): Promise<number>;
  /** So many connections come and go. Returns what the server did wrong. */
  churn(target: Target, from: number, count: number): Promise<string[]>;
  /** How many of so many connections at once are let in. */
  countAdmitted(target: Target, count: number): Promise<number>;
  /** So many connections make the server keep as much as it lets them. */
  grabMemory(hog: HogName, target: Target, count: number): Promise<void>;
}

const unreadPeers = new UnreadPeers();
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
  violate: ({ port }, from, count) => attempt(from, count, (index) => commitOne(index, port)),
  mutate,
  replay: (kind, target, from, count) =>
    attempt(from, count, (index) => REPLAYS[kind](target, index)),
  reorder,
  stopReading: (target, count) => unreadPeers.stopReading(target, count),
  askForReplies: (count) => unreadPeers.askForReplies(count),
  readAgain: () => unreadPeers.readAgain(),
  churn: (target, from, count) => attempt(from, count, (index) => live(target, index)),
  countAdmitted,
  grabMemory,
};

serveCommands(commands);

/** Resolves with what went wrong: what the attempts say, or throw. */
async function attempt(
  from: number,
  count: number,
  action: (index: number) => Promise<string | void>,
): Promise<string[]> {
  const outcomes = await inParallel(count, CONNECTIONS_AT_ONCE, (index) =>
    action(from + index).catch(String),
  );
  return outcomes.filter((outcome) => outcome !== undefined);
}
