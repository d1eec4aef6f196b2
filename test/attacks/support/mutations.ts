import * as fc from 'fast-check';
import { seal } from '../../helpers/raw-envelope.js';
import { mutation } from './edits.js';
import { forgedMessage, noise } from './forged-messages.js';
import { expectRefused } from './expectations.js';
import { exchange } from './http-exchange.js';
import { rawFrame } from './raw-frame.js';
import { beginHandshake, offer, V2Peer } from './v2-peer.js';
import { RawSocket, sealedAuth, upgradeRequest, type Target } from './raw-socket.js';

const LANES = 32;
// What Node and the server may answer to a request head that makes no sense.
const HTTP_ANSWER = /^$|^HTTP\/1\.1 (101|400|404|405|408|414|417|426|429|431|505) /;

// Sessions that a text left open, for the next one.
const idle: RawSocket[] = [];

type AnyProperty = fc.IAsyncProperty<[unknown]>;

/** One property for each kind: what is mutated, and what the server must do about it. */
export const MUTATIONS = {
  'auth frames': (target: Target): AnyProperty =>
    fc.asyncProperty(mutation, async (mutate) => {
      const peer = await RawSocket.open(target.port);
      peer.write(rawFrame({ payload: mutate(await sealedAuth(target)) }));
      await expectRefused(peer);
    }),

  'upgrade requests': ({ port }: Target): AnyProperty =>
    fc.asyncProperty(mutation, async (mutate) => {
      const answer = await exchange(port, mutate(Buffer.from(upgradeRequest(port), 'latin1')));
      const head = answer.toString('latin1', 0, 40);
      if (!HTTP_ANSWER.test(head)) throw new Error(`answered ${JSON.stringify(head)}`);
    }),

  'sealed frames': (target: Target): AnyProperty =>
    fc.asyncProperty(mutation, async (mutate) => {
      const peer = await RawSocket.session(target);
      const request = JSON.stringify({ request: 'deliver', data: 'forged' });
      peer.write(rawFrame({ payload: mutate(seal(request, peer.key!)) }));
      await expectRefused(peer);
    }),

  'hellos of version 2': ({ port, authKey }: Target): AnyProperty =>
    fc.asyncProperty(mutation, async (mutate) => {
      const { hello } = await beginHandshake(authKey);
      const [prefix, text] = hello.split('.', 2) as [string, string];
      const mutated = mutate(Buffer.from(text, 'base64url')).toString('base64url');
      const request = upgradeRequest(port, offer(`${prefix}.${mutated}`));
      const answer = await exchange(port, Buffer.from(request, 'latin1'));
      const head = answer.toString('latin1', 0, 40);
      // More than Node takes in a header never gets any further.
      if (!/^HTTP\/1\.1 (401|431) /.test(head)) throw new Error(`answered ${JSON.stringify(head)}`);
    }),

  'records of version 2': (target: Target): AnyProperty =>
    fc.asyncProperty(mutation, async (mutate) => {
      const peer = await V2Peer.session(target);
      peer.sendRecord(mutate(peer.record({ request: 'deliver', data: 'forged' })));
      await expectRefused(peer.socket);
    }),

  'forged messages, well sealed': (target: Target): AnyProperty =>
    fc.asyncProperty(forgedMessage, async (text) => {
      const peer = await RawSocket.session(target);
      peer.write(peer.sealedText(text));
      await expectRefused(peer);
    }),

  'any text, well sealed': (target: Target): AnyProperty =>
    fc.asyncProperty(noise, async (text) => {
      const peer = idle.pop() ?? (await RawSocket.session(target));
      peer.write(peer.sealedText(text));
      if (await peer.roundTrip()) idle.push(peer);
      else await expectRefused(peer);
    }),
} satisfies Record<string, (target: Target) => AnyProperty>;

export type MutationKind = keyof typeof MUTATIONS;

export const MUTATION_KINDS = Object.keys(MUTATIONS) as MutationKind[];

/**
 * Runs the property so often, in lanes of which each has a seed of its own. Returns what fast-check
 * says about a failure: the seed, and the smallest case.
 */
export async function mutate(
  kind: MutationKind,
  target: Target,
  runs: number,
  seed: number,
): Promise<string[]> {
  const property = MUTATIONS[kind](target);
  const lanes = Array.from({ length: Math.min(LANES, runs) }, (_, lane) =>
    fc.assert(property, { numRuns: Math.ceil(runs / LANES), seed: seed + lane }).then(
      () => [],
      (error: Error) => [error.message],
    ),
  );
  return (await Promise.all(lanes)).flat();
}
