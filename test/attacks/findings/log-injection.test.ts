import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import {
  SkipAuth,
  SocketClient,
  SocketClientModule,
  SocketHandler,
  type ConnectedClient,
  type ConnectionGuard,
  type OnSocketAuthenticated,
  type OnSocketDisconnect,
  type SocketClientModuleOptions,
  type SocketDisconnect,
  type UpgradeRequest,
} from '../../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { useLog } from '../../fixtures/log.js';
import { useRawServers } from '../../fixtures/raw-servers.js';
import { askForUpgrade } from '../../fixtures/upgrade.js';

const startApp = useApps();
const rawServers = useRawServers();
const cleanUp = useCleanUp();
const log = useLog();

/** A line of its own, and what makes terminals forget the one before. */
const FORGED = '\r\n[Nest] 1 - ERROR forged\u001b[2K';

// Wherever a test gets its text into the log, it must be there escaped, or not at all.
afterEach(() => {
  expect(log.entries).not.toEqual([]);
  expect(log.lines.filter((line) => line.startsWith('[Nest]'))).toEqual([]);
  expect(log.entries.filter((entry) => entry.includes('\u001b'))).toEqual([]);
});

@SocketHandler('parse')
class ParseHandler {
  server(text: string): unknown {
    return JSON.parse(text);
  }
}

@SocketHandler('find')
class FindHandler {
  server(name: string): never {
    throw new Error(`There is no ${name}`);
  }
}

@SkipAuth()
@SocketHandler('auth')
class ChattyAuthHandler {
  server({ authKey }: { authKey: string }): never {
    throw new Error(`Nobody has the key ${authKey}`);
  }
}

@Injectable()
class ChattyHooks implements OnSocketAuthenticated, OnSocketDisconnect {
  onSocketAuthenticated({ meta }: ConnectedClient): void {
    throw new Error(`There is no role ${String(meta['role'])}`);
  }

  onSocketDisconnect({ reason }: SocketDisconnect): void {
    throw new Error(`It left because of ${reason}`);
  }
}

@Injectable()
class ChattyGuard implements ConnectionGuard {
  canConnect({ query }: UpgradeRequest): never {
    throw new Error(`There is no tenant ${query.get('tenant')}`);
  }
}

describe('finding 27: a peer writes lines of its own into the log of a server', () => {
  it('by way of the names, ids and reasons that it sends', async () => {
    const app = await startApp({ providers: [FindHandler] });
    for (const message of [{ request: FORGED }, { request: 'find', id: FORGED.repeat(3) }]) {
      const peer = await authenticatedRaw(app);
      peer.sendMessage(message);
      expect((await peer.untilClosed()).code).toBe(4400);
    }
    const peer = await authenticatedRaw(app);
    const gone = firstValueFrom(app.server.disconnected$);
    peer.webSocket.close(4000, FORGED);
    expect((await gone).reason).toBe(FORGED);
  });

  it('by way of its path and its origin', async () => {
    const app = await startApp();
    await askForUpgrade(app.port, { path: `/${encodeURIComponent(FORGED)}` });
    await askForUpgrade(app.port, { Origin: 'http://\u009b2K.example.com' });
  });

  it.each(['find', 'parse'])(
    'by way of the message of an error in the handler %s',
    async (name) => {
      const app = await startApp({ providers: [FindHandler, ParseHandler] });
      const peer = await authenticatedRaw(app);
      expect(await peer.request(name, FORGED)).toMatchObject({ error: { code: 'INTERNAL' } });
      expect(log.matching(/Handler failed/)).toHaveLength(1);
    },
  );

  it('by way of an error in the auth handler', async () => {
    const peer = await connectRaw(await startApp({ auth: ChattyAuthHandler }));
    await expect(peer.authenticate(FORGED)).rejects.toHaveProperty('code', 1011);
    expect(log.matching(/ChattyAuthHandler failed/)).toHaveLength(1);
  });

  it('by way of an error in a hook, with its role or the reason that it gives', async () => {
    const app = await startApp({ providers: [ChattyHooks] });
    const peer = await authenticatedRaw(app, { authData: { role: FORGED } });
    const gone = firstValueFrom(app.server.disconnected$);
    peer.webSocket.close(4000, FORGED);
    await gone;
    await log.next(/ChattyHooks.onSocketAuthenticated\(\) failed[^]*There is no role/);
    await log.next(/ChattyHooks.onSocketDisconnect\(\) failed[^]*It left because of/);
  });

  it('by way of an error in the connection guard', async () => {
    const app = await startApp({ options: { connectionGuard: ChattyGuard } });
    const path = `/?tenant=${encodeURIComponent(FORGED)}`;
    expect((await askForUpgrade(app.port, { path })).status).toBe(503);
    expect(log.matching(/connection guard failed/)).toHaveLength(1);
  });
});

describe('finding 27: a peer fills the log of a server', () => {
  it.each([
    ['fails again and again in a handler', /FindHandler failed/],
    ['comes and goes where a hook fails', /ChattyHooks.on\w+\(\) failed/],
  ])('when it %s', async (_how, entry) => {
    const app = await startApp({ providers: [FindHandler, ChattyHooks] });
    for (let count = 0; count < 10; count++) {
      const peer = await authenticatedRaw(app);
      await peer.request('find', 'x');
      const gone = firstValueFrom(app.server.disconnected$);
      await peer.terminate();
      await gone;
    }
    // Two hooks of one class, five lines each in ten seconds.
    expect(log.matching(entry).length).toBeLessThanOrEqual(10);
  });
});

@SocketHandler('news')
class NewsHandler {
  client(news: string): never {
    throw new Error(`Nobody wants to hear of ${news}`);
  }
}

describe('finding 27: a server writes lines of its own into the log of a client', () => {
  /** An application with a client, which is not connected yet. */
  async function startClient(options: SocketClientModuleOptions): Promise<SocketClient> {
    const wire = { version: 1, authKey: AUTH_KEY } as const;
    const module = await Test.createTestingModule({
      imports: [SocketClientModule.forRoot({ ...wire, connectOnBootstrap: false, ...options })],
      providers: [NewsHandler],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    cleanUp(() => app.close());
    await app.init();
    return app.get(SocketClient);
  }

  async function connected(options: SocketClientModuleOptions = {}) {
    const server = await rawServers.start({ mode: 'ours' });
    const client = await startClient({ address: server.address, ...options });
    await client.connect();
    return { server, client, peer: server.authenticatedPeers[0]! };
  }

  it('by way of the code and the message of an error', async () => {
    const { peer } = await connected();
    peer.sendMessage({ request: 'find', error: { code: FORGED, message: FORGED } });
    await log.next(/"find" failed/);
  });

  it('by way of the reason that it gives when it closes', async () => {
    const { peer } = await connected({ reconnect: false });
    peer.webSocket.close(4000, FORGED);
    await log.next(/^Disconnected: 4000/);
  });

  it('by way of the reason that it gives when it refuses', async () => {
    let accepts = true;
    const server = await rawServers.start({
      mode: 'ours',
      authorize: (_data, peer) => {
        if (!accepts) peer.webSocket.close(4401, FORGED);
        return accepts && 'success';
      },
    });
    const reconnect = { baseDelay: 1 };
    const client = await startClient({ address: server.address, reconnect });
    await client.connect();
    accepts = false;
    const failed = once(client.events, 'reconnectFailed');
    await server.authenticatedPeers[0]!.terminate();
    await failed;
    expect(log.matching(/rejected the authentication/)).toHaveLength(1);
  });

  it('by way of an error in a hook', async () => {
    const { server } = await connected();
    server.push('news', FORGED);
    await log.next(/hook of "news" failed/);
  });
});
