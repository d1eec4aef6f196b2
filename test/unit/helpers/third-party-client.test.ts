import { afterEach, describe, expect, it } from '@jest/globals';
import { RawServer } from '../../helpers/raw-server.js';
import { ThirdPartyClient } from '../../helpers/third-party-client.js';

const authKey = 'a-shared-key-of-some-length';
const running: RawServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function startServer(encryption = true): Promise<RawServer> {
  const server = await RawServer.start({ authKey, encryption });
  running.push(server);
  return server;
}

describe.each(['undici', 'websocket'] as const)('the third-party client %s', (kind) => {
  it.each([true, false])('gets its replies and pushes with encryption %s', async (encryption) => {
    const server = await startServer(encryption);
    server.onRequest('double', (data) => Number(data) * 2);
    const client = await ThirdPartyClient.connect(kind, server.address, authKey, { encryption });
    expect(await client.authenticate()).toMatchObject({ response: 'success' });
    expect(await client.request('double', 21)).toEqual({ request: 'double', response: 42 });
    server.push('news', 1);
    expect(await client.received.next()).toEqual({ request: 'news', data: 1 });
    await client.close();
  });

  it('learns the close code', async () => {
    const server = await startServer();
    const client = await ThirdPartyClient.connect(kind, server.address, authKey);
    await server.stop({ graceful: true });
    expect(await client.closed).toBe(1001);
  });

  it('fails to connect where no server is', async () => {
    const server = await startServer();
    await server.stop();
    await expect(ThirdPartyClient.connect(kind, server.address, authKey)).rejects.toThrow(
      `${kind} could not connect`,
    );
  });
});
