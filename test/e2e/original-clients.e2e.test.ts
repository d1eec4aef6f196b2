import { describe, expect, it } from '@jest/globals';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SkipAuth, SocketHandler, type ConnectedClient } from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler, FailingHandlers } from '../fixtures/handlers.js';

const startApp = useApps();
const providers = [EchoHandler, FailingHandlers];

@WebSocketGateway()
class FailingGateway {
  @SubscribeMessage('gatewayFails')
  fail() {
    throw new Error('in a gateway');
  }
}

@SocketHandler('returnValue')
class ReturnValueHandler {
  server(data: unknown) {
    return data;
  }
}

class Methods {
  @SocketHandler('ofMethod')
  echo(data: unknown) {
    return data;
  }

  @SocketHandler('exactName')
  other() {
    return 'camel';
  }

  @SocketHandler('exact-name')
  exact() {
    return 'exact';
  }
}

@WebSocketGateway()
class KebabGateway {
  @SubscribeMessage('ofGateway')
  echo(_client: unknown, data: unknown) {
    return data;
  }
}

/** Greets from within `auth`, when the client has not authenticated yet. */
@SkipAuth()
@SocketHandler('auth')
class GreetingAuthHandler {
  server({ authKey }: { authKey: string }, client: ConnectedClient) {
    client.meta = { role: 'worker' };
    return authKey === AUTH_KEY && client.send({ request: 'greeting', data: 'welcome' });
  }
}

describe.each([true, false])('A client of the original, with encryption: %p', (encryption) => {
  const options = { encryption };

  it('finds every kind of push in response, and ours finds it in data', async () => {
    const app = await startApp({ options, auth: GreetingAuthHandler });
    const original = await authenticatedRaw(app, { mode: 'original' });
    const ours = await authenticatedRaw(app);
    app.server.broadcast('broadcast', [1]);
    app.server.sendToByMeta('role', 'worker', 'byMeta', [2]);
    for (const [id, client] of app.server.clientMap) {
      app.server.sendTo(id, 'sendTo', [3]);
      client.send({ request: 'send', data: [4] });
    }
    for (const [client, field] of [
      [original, 'response'],
      [ours, 'data'],
    ] as const) {
      expect(await client.next()).toMatchObject({ request: 'greeting', [field]: 'welcome' });
      for (const [index, request] of ['broadcast', 'byMeta', 'sendTo', 'send'].entries()) {
        const push = await client.nextMatching((message) => message.request === request);
        expect(push).toEqual({ request, [field]: [index + 1] });
      }
    }
    expect(original.hookRuns.map(({ response }) => response)).toEqual([[1], [2], [3], [4]]);
  });

  it.each(['throwsError', 'throwsWsException', 'rejects', 'nobody', 'gatewayFails'])(
    'hears nothing of %s that failed, and stays connected',
    async (name) => {
      const app = await startApp({ options, providers: [...providers, FailingGateway] });
      const client = await authenticatedRaw(app, { mode: 'original' });
      client.sendMessage({ request: name });
      expect(await client.request('echo', 'still there')).toMatchObject({
        response: 'still there',
      });
      expect(client.hookRuns).toEqual([{ request: 'echo', response: 'still there' }]);
    },
  );

  it('is not asked: the server rejects at once, and its hook does not run', async () => {
    const app = await startApp({ options, providers });
    const original = await authenticatedRaw(app, { mode: 'original' });
    const [client] = app.server.clientMap.values();
    const { id } = client!;
    const code = 'UNSUPPORTED_BY_PEER';
    await expect(app.server.request(id, 'status', {})).rejects.toMatchObject({ code });
    await expect(client!.request('status')).rejects.toMatchObject({ code });
    await original.request('echo', 1);
    expect(original.hookRuns).toEqual([{ request: 'echo', response: 1 }]);
  });

  it.each(['return-value', 'of-method', 'of-gateway'])(
    'asks for %s and gets the reply of the camelCase name, under the name it asked for',
    async (request) => {
      const app = await startApp({
        options,
        providers: [ReturnValueHandler, Methods, KebabGateway],
      });
      const client = await authenticatedRaw(app, { mode: 'original' });
      expect(await client.request(request, 7)).toEqual({ request, response: 7 });
      expect(await client.request('exact-name', 7)).toEqual({
        request: 'exact-name',
        response: 'exact',
      });
    },
  );

  it('gets what is for the first that matches, and nobody else does', async () => {
    const app = await startApp({ options, providers });
    const clients = [
      await authenticatedRaw(app, { mode: 'original', authData: { role: 'other' } }),
      await authenticatedRaw(app, { mode: 'original', authData: { role: 'worker' } }),
      await authenticatedRaw(app, { mode: 'original', authData: { role: 'worker' } }),
    ];
    expect(app.server.sendToFirstByMeta('role', 'worker', 'job', 7)).toBe(true);
    expect(app.server.sendToFirstByMeta('role', 'nobody', 'job', 8)).toBe(false);
    for (const client of clients) await client.request('echo', 0);
    const jobs = clients.map(({ hookRuns }) => hookRuns.filter(({ request }) => request === 'job'));
    expect(jobs).toEqual([[], [{ request: 'job', response: 7 }], []]);
  });
});
