import { randomBytes } from 'node:crypto';
import { ClientHandshake } from '../../../src/envelope/noise-handshake.js';
import { finding, formatCount, type Finding } from '../support/finding.js';
import { exchange } from '../support/http-exchange.js';
import { upgradeRequest } from '../support/raw-socket.js';
import { Scene } from '../support/scene.js';
import { percentile } from '../support/statistics.js';
import { beginHandshake, offer } from '../support/v2-peer.js';

const OTHER_KEY = 'not the key of this server';
/** How far the medians may be from each other: what a stranger would have to tell apart. */
const MAX_RATIO = 1.5;

export interface RefusalsSize {
  /** Of each kind. */
  readonly attempts: number;
}

/** What tells somebody without a key why he is refused: neither the answer nor the time it takes. */
export function timeRefusals({ attempts }: RefusalsSize): Promise<Finding> {
  return Scene.play(async (scene) => {
    const limits = { maxAuthFailuresPerMinute: Infinity, maxHandshakesPerSecond: Infinity };
    const { port, authKey } = await scene.server(limits);
    const id = keyIdOf((await beginHandshake(authKey)).hello);
    const kinds = {
      'a wrong key': async () => (await beginHandshake(OTHER_KEY, id)).hello,
      'an unknown key id': async () => (await beginHandshake(OTHER_KEY)).hello,
      'a pattern without a key': async () => helloForServerKey(),
    };
    const took = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
    const answers = new Set<string>();
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (const [kind, hello] of Object.entries(kinds)) {
        const request = Buffer.from(upgradeRequest(port, offer(await hello())), 'latin1');
        const startedAt = performance.now();
        answers.add((await exchange(port, request)).toString('latin1'));
        took.get(kind)!.push(performance.now() - startedAt);
      }
    }
    const medians = [...took].map(([kind, times]) => [kind, percentile(times, 50)] as const);
    const values = medians.map(([, median]) => median);
    const ratio = Math.max(...values) / Math.min(...values);
    return finding(
      {
        suite: 'Refusals of hellos',
        howMuch: `${formatCount(attempts)} of each kind`,
        seen: `${medians.map(([kind, median]) => `${kind} ${median.toFixed(2)} ms`).join(', ')} (medians)`,
      },
      {
        'every refusal is the same answer': answers.size === 1,
        [`no kind takes more than ${MAX_RATIO} times as long as another`]: ratio <= MAX_RATIO,
      },
    );
  });
}

/** The key id that a hello begins with. */
function keyIdOf(hello: string): string {
  const bytes = Buffer.from(hello.slice(hello.indexOf('.') + 1), 'base64url');
  return bytes.toString('latin1', 2, 2 + bytes.readUInt8(1));
}

function helloForServerKey(): string {
  return new ClientHandshake({ pattern: 'NK', keyId: '', serverPublicKey: randomBytes(32) }).hello;
}
