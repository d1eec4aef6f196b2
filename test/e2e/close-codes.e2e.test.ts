import { describe, expect, it } from '@jest/globals';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  SkipAuth,
  SocketHandler,
  type ConnectedClient,
  type GatewaySocket,
} from '../../src/index.js';
import { connectRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

interface Close {
  code?: never;
  reason?: never;
}

/** What ws refuses, which would throw when everything else had changed. */
const INVALID: [string, object][] = [
  ['401', { code: 401 }],
  ['0', { code: 0 }],
  ['999', { code: 999 }],
  ['1004', { code: 1004 }],
  ['1005', { code: 1005 }],
  ['1006', { code: 1006 }],
  ['1015', { code: 1015 }],
  ['2999', { code: 2999 }],
  ['5000', { code: 5000 }],
  ['4000.5', { code: 4000.5 }],
  ['a text', { code: '4401' }],
  ['nothing at all', { code: null }],
  ['a reason that is no text', { code: 4000, reason: 7 }],
];
const VALID = [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4000, 4999];

@SocketHandler('close')
class CloseHandler {
  server({ code, reason }: Close, client: ConnectedClient) {
    client.close(code, reason);
  }
}

@WebSocketGateway()
class CloseGateway {
  @SubscribeMessage('closeInGateway')
  close(socket: GatewaySocket, { code, reason }: Close) {
    socket.close(code, reason);
  }
}

@SkipAuth()
@SocketHandler('auth')
class AuthHandler {
  server({ close }: { close?: Close }, client: ConnectedClient) {
    if (close) client.close(close.code, close.reason);
    return 'success';
  }
}

const startApp = useApps();
const log = useLog();

async function start() {
  const providers = [CloseHandler, CloseGateway, EchoHandler];
  const options = { maxAuthFailuresPerMinute: Infinity };
  const app = await startApp({ providers, auth: AuthHandler, options });
  const client = await app.connect();
  const [id] = [...app.server.clientMap.keys()];
  return { app, client, server: app.server, id: id! };
}

describe('A close code that no close frame may have', () => {
  it('is refused to who closes with it, and nothing changes', async () => {
    const { client, server, id } = await start();
    for (const [what, to] of INVALID) {
      const { code, reason } = to as Close;
      expect(() => server.disconnect(id, code, reason)).toThrow(
        expect.objectContaining({ code: 'INVALID_CLOSE' }),
      );
      for (const request of ['close', 'closeInGateway']) {
        await expect(client.request(request, to)).rejects.toMatchObject({ code: 'INTERNAL' });
      }
      expect(server.clientMap.has(id)).toBe(true);
      expect(await client.request('echo', what)).toBe(what);
    }
    expect(log.matching(/CloseHandler failed for client \d+: SocketsError/)).not.toEqual([]);
  });

  it('ends an authentication as every other error does', async () => {
    const { app, server } = await start();
    for (const [, close] of INVALID) {
      const peer = await connectRaw(app);
      peer.sendMessage({ request: 'auth', data: { close } });
      await peer.untilClosed();
    }
    expect(server.clientMap.size).toBe(1);
  });
});

describe('A close code that a close frame may have', () => {
  it.each(['close', 'closeInGateway'])('reaches the peer: %s', async (request) => {
    const { app, client } = await start();
    for (const code of VALID) {
      const peer = await connectRaw(app);
      await peer.authenticate();
      peer.sendMessage({ request, data: { code, reason: 'because' } });
      expect(await peer.untilClosed()).toMatchObject({ code, reason: 'because' });
    }
    expect(await client.request('echo', 'served')).toBe('served');
  });
});
