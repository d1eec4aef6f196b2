import { setTimeout as delay } from 'node:timers/promises';
import type { AttackerCommands } from '../support/attacker.process.js';
import type { AttackedServer } from '../support/attacked-server.js';
import type { Child } from '../support/child.js';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import type { FloodName } from '../support/floods.js';
import type { HonestLoad, Service } from '../support/honest-load.js';
import { Scene } from '../support/scene.js';
import { percentile } from '../support/statistics.js';

// Of a window: until a flood has opened its connections, and until what it left is worked off.
const SETTLING = 0.2;

// Milliseconds: where nobody waits for long without the flood, a multiple of that says little.
const MAX_EXTRA = 10;

export interface FloodSize {
  readonly flood: FloodName;
  /** How often the flood comes and goes. */
  readonly windows: number;
  /** Of each window with the flood, and of each without. */
  readonly milliseconds: number;
  /** How many times longer than without the flood honest clients may wait, or 10 ms longer. @default Infinity */
  readonly maxRatio?: number;
}

interface Window {
  readonly service: Service;
  /** How often the flood did what it does. */
  readonly attacks: number;
}

/** Who takes part in a flood. */
export interface FloodParties {
  readonly server: AttackedServer;
  readonly honest: Child<HonestLoad>;
  readonly attacker: Child<AttackerCommands>;
}

export async function gatherForFlood(scene: Scene): Promise<FloodParties> {
  const server = await scene.server();
  return { server, honest: await scene.honest(server), attacker: await scene.attacker() };
}

/** One peer floods a server with default options, while honest clients want to be served. */
export function flood(size: FloodSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => floodAmong(await gatherForFlood(scene), size, tell));
}

/** The same where others have flooded before. */
export async function floodAmong(
  parties: FloodParties,
  size: FloodSize,
  tell?: Tell,
): Promise<Finding> {
  const { server, honest } = parties;
  const idle: Window[] = [];
  const flooded: Window[] = [];
  await serve(honest, settlingOf(size));
  for (let index = 0; index < size.windows; index++) {
    tell?.(`window ${index + 1} of ${size.windows}`);
    idle.push({ service: await serve(honest, size.milliseconds), attacks: 0 });
    flooded.push(await serveFlooded(parties, size));
  }
  return judge(size, server, idle, flooded);
}

async function serve(honest: Child<HonestLoad>, milliseconds: number): Promise<Service> {
  await honest.call('begin');
  await delay(milliseconds);
  return honest.call('end');
}

async function serveFlooded(
  { server, honest, attacker }: FloodParties,
  size: FloodSize,
): Promise<Window> {
  await attacker.call('begin', size.flood, server.target);
  await delay(settlingOf(size));
  const service = await serve(honest, size.milliseconds);
  const attacks = await attacker.call('end');
  await delay(settlingOf(size));
  return { service, attacks };
}

function settlingOf({ milliseconds }: FloodSize): number {
  return milliseconds * SETTLING;
}

function judge(
  { flood, windows, milliseconds, maxRatio = Infinity }: FloodSize,
  server: AttackedServer,
  idle: readonly Window[],
  flooded: readonly Window[],
): Finding {
  const [idleP95, floodedP95] = [idle, flooded].map((all) =>
    percentile(
      all.flatMap(({ service }) => service.latencies),
      95,
    ),
  ) as [number, number];
  const ratio = floodedP95 / idleP95;
  const attacks = flooded.reduce((sum, window) => sum + window.attacks, 0);
  const rate = attacks / ((windows * milliseconds * (1 + SETTLING)) / 1_000);
  return finding(
    {
      suite: `Flood: ${flood}`,
      howMuch: `${formatCount(attacks)}, ${formatCount(rate)}/s`,
      seen: `honest p95 ${idleP95.toFixed(2)} ms idle, ${floodedP95.toFixed(2)} ms flooded: ${ratio.toFixed(1)} times`,
    },
    {
      'the server survives': server.isRunning,
      'the flood floods': attacks > 0,
      'honest clients are served in every window': flooded.every(
        ({ service }) => service.latencies.length > 0,
      ),
      'every honest request is answered': [...idle, ...flooded].flatMap(
        ({ service }) => service.failures,
      ),
      [`honest clients wait at most ${maxRatio} times as long, or ${MAX_EXTRA} ms longer`]:
        ratio <= maxRatio || floodedP95 <= idleP95 + MAX_EXTRA,
    },
  );
}
