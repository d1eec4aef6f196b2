import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { RawClient } from '../helpers/raw-client.js';
import { ThirdPartyClient } from '../helpers/third-party-client.js';
import { withDeadline } from '../helpers/with-deadline.js';
import { AttackedServer } from './support/attacked-server.js';
import { rawFrame } from './support/raw-frame.js';
import { RawSocket } from './support/raw-socket.js';
import { whileServing } from './support/while-serving.js';

const EACH = 4;
const DELIVER = { request: 'deliver', data: 'what no handler should see' };

let server: AttackedServer;

beforeAll(async () => {
  // All of them come from one address.
  server = await AttackedServer.start({ maxAuthFailuresPerMinute: Infinity });
});
afterAll(() => server.stop());

function connect(authKey = AUTH_KEY): Promise<RawClient> {
  return RawClient.connect({ port: server.port, authKey });
}

async function authenticated(): Promise<RawClient> {
  const peer = await connect();
  await peer.authenticate();
  return peer;
}

/** Sends what `bad` makes as a client, and resolves with the code that it is closed with. */
function asClient(bad: (peer: RawClient) => unknown): () => Promise<number> {
  return async () => {
    const peer = await authenticated();
    await bad(peer);
    return (await peer.untilClosed()).code;
  };
}

/** The same as somebody who has not authenticated. */
function asStranger(bad: (peer: RawClient) => unknown): () => Promise<number> {
  return async () => {
    const peer = await connect();
    await bad(peer);
    return (await peer.untilClosed()).code;
  };
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** One peer of each kind, and what becomes of it. */
const BAD_PEERS: [what: string, run: () => Promise<unknown>, outcome: unknown][] = [
  ['40 random bytes', asStranger((peer) => peer.sendFrame(randomBytes(40))), 4400],
  ['40 random bytes in a session', asClient((peer) => peer.sendFrame(randomBytes(40))), 4400],
  [
    'another key',
    async () => {
      const peer = await connect('another-key-of-some-length');
      return peer.authenticate().catch((error: { code: number }) => error.code);
    },
    4400,
  ],
  [
    'another authKey under the right key',
    asStranger((peer) => peer.sendMessage({ request: 'auth', data: { authKey: 'guessed' } })),
    4401,
  ],
  ['a request before auth', asStranger((peer) => peer.sendMessage(DELIVER)), 4401],
  ['a tampered tag', asClient((peer) => peer.sendTampered(DELIVER, 12)), 4400],
  ['tampered ciphertext', asClient((peer) => peer.sendTampered(DELIVER)), 4400],
  ['no JSON', asClient((peer) => peer.sendFrame(peer.sealText('deliver'))), 4400],
  ['no name', asClient((peer) => peer.sendMessage({ data: DELIVER.data })), 4400],
  [
    'a handler that does not exist',
    async () => {
      const peer = await authenticated();
      const { error } = await peer.requestWithId('nobody');
      await peer.terminate();
      return error?.code;
    },
    'UNKNOWN_HANDLER',
  ],
  [
    'a replayed frame',
    asClient(async (peer) => {
      await peer.request('echo', 1);
      peer.replay();
    }),
    4400,
  ],
  [
    'a replayed auth',
    async () => {
      const victim = await authenticated();
      const code = await asStranger((peer) => peer.replay(victim.lastFrame('out')))();
      await victim.terminate();
      return code;
    },
    4400,
  ],
  [
    'a reflected frame',
    asClient(async (peer) => {
      await peer.request('echo', 1);
      peer.reflect();
    }),
    4400,
  ],
  ['a second auth', asClient((peer) => peer.sendMessage({ request: 'auth', data: {} })), 4403],
  [
    'a message that is too big',
    asClient((peer) => peer.sendMessage({ ...DELIVER, data: 'x'.repeat(2 ** 20) })),
    1009,
  ],
  [
    'a message that is too deep',
    asClient((peer) =>
      peer.sendFrame(peer.sealText(`{"request":"deliver","data":${nested(100_000)}}`)),
    ),
    4400,
  ],
  [
    'a frame that violates RFC 6455',
    async () => {
      const peer = await RawSocket.open(server.port);
      peer.write(rawFrame({ opcode: 0x3, rsv: 7, masked: false }));
      return peer.untilEnded();
    },
    1002,
  ],
];

it('One bad peer of each kind gets what it deserves, while everyone else goes on', async () => {
  const address = `ws://127.0.0.1:${server.port}`;
  const [ours, ...others] = await Promise.all([
    server.connect(),
    ThirdPartyClient.connect('undici', address, AUTH_KEY),
    ThirdPartyClient.connect('websocket', address, AUTH_KEY),
  ]);
  for (const other of others) await other.authenticate();
  const asks = [
    (n: number) => ours.request('echo', n),
    ...others.map((peer) => async (n: number) => (await peer.request('echo', n)).response),
  ];
  const all = Array.from({ length: EACH }, () => BAD_PEERS).flat();
  const { result, served } = await whileServing(asks, () =>
    Promise.all(all.map(async ([what, run]) => [what, await run()])),
  );
  expect(result).toEqual(all.map(([what, , outcome]) => [what, outcome]));
  expect(Math.min(...served)).toBeGreaterThan(EACH);
  expect(await server.takeDelivered()).toEqual([]);
  expect(await ours.request('echo', 'still here')).toBe('still here');
  await Promise.all(others.map((other) => other.close()));
});

it('Who is refused and says no goodbye, but goes on sending, is not waited for', async () => {
  const peer = await RawSocket.session(server.target);
  peer.socket.removeAllListeners('data').resume();
  peer.write(rawFrame({ payload: randomBytes(64) }));
  peer.write(rawFrame({ announcedLength: 2 ** 19 }));
  // Less than the five seconds that a goodbye is waited for.
  await withDeadline(once(peer.socket, 'end'), 3_000, 'the end of the connection');
});
