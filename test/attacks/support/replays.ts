import { randomInt } from 'node:crypto';
import { expectOpen, expectRefused } from './expectations.js';
import { rawFrame } from './raw-frame.js';
import { offer, V2Peer } from './v2-peer.js';
import { RawSocket, sealedAuth, type Target } from './raw-socket.js';

const FRAMES_PER_SESSION = 10;

/**
 * What somebody who holds the network can do with what was really sent. Each resolves when the server
 * refused it with 4400, and rejects when it did anything else. What is delivered is told apart by the
 * number of the attempt, so that nothing may be delivered twice.
 */
export const REPLAYS = {
  'session frames, again': async (target: Target, attempt: number): Promise<void> => {
    const peer = await RawSocket.session(target);
    const frames = Array.from({ length: FRAMES_PER_SESSION }, (_, index) =>
      peer.sealed({ request: 'deliver', data: `${attempt}/${index}` }),
    );
    for (const frame of frames) peer.write(frame);
    await expectOpen(peer);
    peer.write(frames[randomInt(FRAMES_PER_SESSION)]!);
    await expectRefused(peer);
  },

  'session frames, in another session': async (target: Target, attempt: number): Promise<void> => {
    const [peer, other] = await Promise.all([RawSocket.session(target), RawSocket.session(target)]);
    other.write(peer.sealed({ request: 'deliver', data: `${attempt}` }));
    await expectRefused(other);
    peer.destroy();
  },

  'auth frames, on another connection': async (target: Target): Promise<void> => {
    const auth = rawFrame({ payload: await sealedAuth(target) });
    const peer = await RawSocket.open(target.port);
    peer.write(auth);
    await peer.nextPayload();
    const other = await RawSocket.open(target.port);
    other.write(auth);
    await expectRefused(other);
    peer.destroy();
  },

  'auth replies, reflected': async (target: Target): Promise<void> => {
    const peer = await RawSocket.open(target.port);
    peer.write(rawFrame({ payload: await sealedAuth(target) }));
    const reply = await peer.nextPayload();
    const other = await RawSocket.open(target.port);
    other.write(rawFrame({ payload: reply }));
    await expectRefused(other);
    peer.destroy();
  },

  'pushes, reflected': async (target: Target, attempt: number): Promise<void> => {
    const peer = await RawSocket.session(target);
    peer.send({ request: 'pushBack', data: `reflected ${attempt}` });
    const push = await peer.nextPayload();
    peer.write(rawFrame({ payload: push }));
    await expectRefused(peer);
  },

  'records of version 2, again': async (target: Target, attempt: number): Promise<void> => {
    const peer = await V2Peer.session(target);
    const records = Array.from({ length: FRAMES_PER_SESSION }, (_, index) =>
      peer.record({ request: 'deliver', data: `${attempt}/${index}` }),
    );
    for (const record of records) peer.sendRecord(record);
    await expectOpen(peer.socket);
    peer.sendRecord(records[randomInt(FRAMES_PER_SESSION)]!);
    await expectRefused(peer.socket);
  },

  'records of version 2, in another session': async (
    target: Target,
    attempt: number,
  ): Promise<void> => {
    const [peer, other] = await Promise.all([V2Peer.session(target), V2Peer.session(target)]);
    other.sendRecord(peer.record({ request: 'deliver', data: `${attempt}` }));
    await expectRefused(other.socket);
    peer.socket.destroy();
  },

  'records of version 2, in another order': async (
    target: Target,
    attempt: number,
  ): Promise<void> => {
    const peer = await V2Peer.session(target);
    const records = [1, 2].map((data) =>
      peer.record({ request: 'deliver', data: [attempt, data] }),
    );
    for (const record of records.toReversed()) peer.sendRecord(record);
    await expectRefused(peer.socket);
  },

  'records of version 2, one left out': async (target: Target, attempt: number): Promise<void> => {
    const peer = await V2Peer.session(target);
    const records = [1, 2].map((data) =>
      peer.record({ request: 'deliver', data: [attempt, data] }),
    );
    peer.sendRecord(records[1]!);
    await expectRefused(peer.socket);
  },

  'records of version 2, reflected': async (target: Target, attempt: number): Promise<void> => {
    const peer = await V2Peer.session(target);
    peer.send({ request: 'pushBack', data: `reflected ${attempt}` });
    peer.sendRecord(await peer.socket.nextPayload());
    await expectRefused(peer.socket);
  },

  'sessions of version 2, from the hello on': async (
    target: Target,
    attempt: number,
  ): Promise<void> => {
    const peer = await V2Peer.session(target);
    peer.send({ request: 'deliver', data: `${attempt}` });
    await expectOpen(peer.socket);
    const replayed = await RawSocket.open(target.port, offer(peer.hello));
    for (const frame of peer.sent) replayed.write(frame);
    await expectRefused(replayed);
    peer.socket.destroy();
  },
} satisfies Record<string, (target: Target, attempt: number) => Promise<void>>;

export type ReplayKind = keyof typeof REPLAYS;

export const REPLAY_KINDS = Object.keys(REPLAYS) as ReplayKind[];

/** How many different messages an attempt delivers rightly. */
export function rightlyDelivered(kind: ReplayKind): number {
  if (kind.endsWith(', again')) return FRAMES_PER_SESSION;
  return kind === 'sessions of version 2, from the hello on' ? 1 : 0;
}

/** Sends so many messages in another order than they were sealed in; nobody notices: KEYS.md. */
export async function reorder(target: Target, count: number): Promise<void> {
  const peer = await RawSocket.session(target);
  const frames = Array.from({ length: count }, (_, data) =>
    peer.sealed({ request: 'deliver', data }),
  );
  peer.write(Buffer.concat(frames.toReversed()));
  // A pong would overtake those that wait for their turn.
  peer.send({ request: 'echo', data: 'last' });
  await peer.nextMessage();
  peer.destroy();
}
