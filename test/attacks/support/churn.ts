import { connect } from 'node:net';
import { once } from 'node:events';
import { withDeadline } from '../../helpers/with-deadline.js';
import { closeFrame, rawFrame } from './raw-frame.js';
import { RawSocket, sealedAuth, type Target } from './raw-socket.js';

const NORMAL = 1000;
// How long the server's auth handler takes for those that leave meanwhile.
const AUTH_DELAY = 20;
const WORK = 20;
// Sooner than those that have a place lose it again by the auth timeout.
const SOON = 3_000;

/** The lives that a connection can have, each from its beginning to its end. */
const LIVES: readonly ((target: Target) => Promise<void>)[] = [
  async function closedCleanly(target) {
    const peer = await RawSocket.session(target);
    peer.send({ request: 'echo', data: 'x' });
    await peer.nextMessage();
    peer.write(closeFrame(NORMAL));
    await peer.untilEnded();
  },

  async function reset(target) {
    const peer = await RawSocket.session(target);
    peer.send({ request: 'echo', data: 'x' });
    await peer.nextMessage();
    peer.destroy();
  },

  async function resetWithRequestsInFlight(target) {
    const peer = await RawSocket.session(target);
    for (let id = 0; id < 3; id++) peer.send({ request: 'work', id, data: WORK });
    await peer.roundTrip();
    peer.destroy();
  },

  async function resetWhileItAuthenticates(target) {
    const peer = await RawSocket.open(target.port);
    peer.write(rawFrame({ payload: await sealedAuth(target, { authDelay: AUTH_DELAY }) }));
    await peer.roundTrip();
    peer.destroy();
  },

  async function goneBeforeAuthentication({ port }) {
    const peer = await RawSocket.open(port);
    peer.destroy();
  },

  async function refused({ port, authKey }) {
    const peer = await RawSocket.open(port);
    peer.write(rawFrame({ payload: await sealedAuth({ port, authKey }, { authKey: 'wrong' }) }));
    await peer.untilEnded();
  },

  async function goneBeforeTheUpgrade({ port }) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.resetAndDestroy();
  },
];

/** Lives the life of that number, the lives taking turns. */
export function live(target: Target, index: number): Promise<void> {
  return LIVES[index % LIVES.length]!(target);
}

/** Opens so many connections that stay, and resolves with how many the server let in. */
export async function countAdmitted({ port }: Target, count: number): Promise<number> {
  const attempts = await Promise.allSettled(
    Array.from({ length: count }, () => withDeadline(RawSocket.open(port), SOON, 'a place')),
  );
  const admitted = attempts.filter((attempt) => attempt.status === 'fulfilled');
  for (const { value } of admitted) value.destroy();
  return admitted.length;
}
