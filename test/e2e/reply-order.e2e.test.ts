import { describe, expect, it } from '@jest/globals';
import { UseInterceptors } from '@nestjs/common';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';

/** Pushes as soon as the handler has returned. */
function pushSoon(client: ConnectedClient): void {
  setImmediate(() => client.send({ request: 'news', data: { about: 7 } }));
}

class Jobs {
  @SocketHandler()
  start(_data: unknown, client: ConnectedClient) {
    pushSoon(client);
    return { id: 7 };
  }

  @SocketHandler()
  async startLater(_data: unknown, client: ConnectedClient) {
    await Promise.resolve();
    pushSoon(client);
    return { id: 7 };
  }

  @SocketHandler()
  @UseInterceptors({ intercept: (_context, next) => next.handle() })
  async startIntercepted(_data: unknown, client: ConnectedClient) {
    pushSoon(client);
    return { id: 7 };
  }
}

const startApp = useApps();

describe('A handler that returns an id, and then pushes about it', () => {
  it.each(['start', 'startLater', 'startIntercepted'])(
    'is heard in that order: %s',
    async (name) => {
      const peer = await authenticatedRaw(await startApp({ providers: [Jobs] }));
      for (let count = 1; count <= 20; count++) {
        peer.sendMessage({ request: name, id: count });
        expect(await peer.next()).toMatchObject({ id: count, response: { id: 7 } });
        expect(await peer.next()).toMatchObject({ request: 'news' });
      }
    },
  );
});
