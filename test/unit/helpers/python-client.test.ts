import { describe, expect, it } from '@jest/globals';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useRawServers } from '../../fixtures/raw-servers.js';
import { PYTHON, PythonClient } from '../../helpers/python-client.js';

const rawServers = useRawServers();
const startPlain = () => rawServers.start({ encryption: false });

(PYTHON ? describe : describe.skip)('the client in Python, if it can import websockets', () => {
  it('authenticates and gets its replies and pushes', async () => {
    const server = await startPlain();
    server.onRequest('double', (data) => Number(data) * 2);
    const client = await PythonClient.connect(server.address, AUTH_KEY);
    expect(await client.authenticate()).toMatchObject({ response: 'success' });
    expect(await client.request('double', 21)).toEqual({ request: 'double', response: 42 });
    server.push('news', '♞');
    expect(await client.received.next()).toEqual({ request: 'news', data: '♞' });
    await client.close();
  });

  it('learns the close code', async () => {
    const server = await startPlain();
    const client = await PythonClient.connect(server.address, AUTH_KEY);
    await server.stop({ graceful: true });
    expect(await client.closed).toBe(1001);
  });

  it('fails to connect where no server is, and says why', async () => {
    const server = await startPlain();
    await server.stop();
    const connecting = PythonClient.connect(server.address, AUTH_KEY);
    await expect(connecting).rejects.toThrow(/Connect call failed|ConnectionRefusedError/);
  });
});
