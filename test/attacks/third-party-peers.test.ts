import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler, FailingHandlers } from '../fixtures/handlers.js';
import { PYTHON, PythonClient } from '../helpers/python-client.js';
import { ThirdPartyClient } from '../helpers/third-party-client.js';
import { AttackedServer } from './support/attacked-server.js';
import { inParallel } from './support/in-parallel.js';
import { commit, VIOLATIONS } from './support/violations.js';
import { whileServing } from './support/while-serving.js';

type Peer = Pick<
  ThirdPartyClient | PythonClient,
  'authenticate' | 'request' | 'received' | 'close' | 'closed'
>;

/** With encryption off, which is all that Python's standard library can. */
const PEERS: Record<string, (address: string) => Promise<Peer>> = {
  undici: (address) => ThirdPartyClient.connect('undici', address, AUTH_KEY, { encryption: false }),
  websocket: (address) =>
    ThirdPartyClient.connect('websocket', address, AUTH_KEY, { encryption: false }),
  ...(PYTHON && {
    "Python's websockets": (address) => PythonClient.connect(address, AUTH_KEY),
  }),
};

const startApp = useApps();
const cleanUp = useCleanUp();

async function authenticated(kind: string, address: string): Promise<Peer> {
  const peer = await PEERS[kind]!(address);
  cleanUp(() => peer.close());
  await peer.authenticate();
  return peer;
}

if (!PYTHON) {
  it.skip('Python: not here, for no python3 can import websockets (apt-get install python3-websockets)', () => {});
}

describe.each(Object.keys(PEERS))('A client on %s', (kind) => {
  it('authenticates, asks, is told of errors, and hears pushes', async () => {
    const options = { encryption: false };
    const app = await startApp({ options, providers: [EchoHandler, FailingHandlers] });
    const peer = await authenticated(kind, app.address);
    expect(await peer.request('echo', '♞')).toEqual({ request: 'echo', response: '♞' });
    const error = { code: 'WS_EXCEPTION', message: 'rejected' };
    expect(await peer.request('rejects')).toEqual({ request: 'rejects', error });
    const big = 'x'.repeat(1_000_000);
    expect(await peer.request('echo', big)).toEqual({ request: 'echo', response: big });
    app.server.broadcast('news', { big });
    expect(await peer.received.next()).toEqual({ request: 'news', data: { big } });
  });

  it('learns why it is closed, and closes itself properly', async () => {
    const app = await startApp({ options: { encryption: false } });
    const [first, second] = [
      await authenticated(kind, app.address),
      await authenticated(kind, app.address),
    ];
    const [id] = app.server.clientMap.keys();
    app.server.disconnect(id!, 4403, 'that is enough');
    expect(await first.closed).toBe(4403);
    const gone = firstValueFrom(app.server.disconnected$);
    expect(await second.close()).toBeGreaterThanOrEqual(1000);
    expect((await gone).code).not.toBe(1006);
  });

  it('answers pings, so that it stays where a deaf one is cut', async () => {
    const options = { encryption: false, heartBeatInterval: 300 };
    const app = await startApp({ options, providers: [EchoHandler] });
    const peer = await authenticated(kind, app.address);
    const deaf = await authenticatedRaw(app, { answersPings: false });
    await deaf.untilClosed();
    expect(await peer.request('echo', 1)).toMatchObject({ response: 1 });
  });
});

it('Clients of all kinds are served while a peer violates RFC 6455 in every way', async () => {
  const options = { encryption: false, maxAuthFailuresPerMinute: Infinity };
  const server = await AttackedServer.start(options);
  cleanUp(() => server.stop());
  const address = `ws://127.0.0.1:${server.port}`;
  const ours = await server.connect({ encryption: false });
  const others = await Promise.all(Object.keys(PEERS).map((kind) => authenticated(kind, address)));
  const asks = [
    (n: number) => ours.request('echo', n),
    ...others.map((peer) => async (n: number) => (await peer.request('echo', n)).response),
  ];
  const { result: codes, served } = await whileServing(asks, () =>
    inParallel(VIOLATIONS.length, 4, (index) => commit(VIOLATIONS[index]!, server.port)),
  );
  expect(VIOLATIONS.filter((violation, at) => !violation.codes.includes(codes[at]!))).toEqual([]);
  expect(Math.min(...served)).toBeGreaterThan(0);
  expect(await server.clientIds()).toHaveLength(asks.length);
});
