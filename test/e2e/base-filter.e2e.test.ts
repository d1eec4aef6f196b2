import { describe, expect, it } from '@jest/globals';
import { Catch, UseFilters, type ArgumentsHost } from '@nestjs/common';
import {
  BaseWsExceptionFilter,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { SocketHandler } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

/** As Nest's documentation has it. */
@Catch()
class AllExceptionsFilter extends BaseWsExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    // oxlint-disable-next-line promise/valid-params
    super.catch(exception, host);
  }
}

const CARD = 'card 4111-1111';

@UseFilters(new AllExceptionsFilter())
class Handlers {
  @SocketHandler()
  foreseen() {
    throw new WsException(`No such ${CARD}`);
  }

  @SocketHandler()
  unforeseen() {
    throw new Error('the database is down');
  }
}

@WebSocketGateway()
@UseFilters(new AllExceptionsFilter())
class Gateway {
  @SubscribeMessage('inGateway')
  foreseen() {
    throw new WsException(`No such ${CARD}`);
  }
}

const startApp = useApps();
useLog();

describe('A filter that extends BaseWsExceptionFilter', () => {
  it.each([
    ['foreseen', 'WS_EXCEPTION', `No such ${CARD}`],
    ['inGateway', 'WS_EXCEPTION', `No such ${CARD}`],
    ['unforeseen', 'INTERNAL', 'Internal server error'],
  ])(
    'sends its push "exception", and the caller gets the error: %s',
    async (name, code, message) => {
      const app = await startApp({ providers: [Handlers, Gateway, EchoHandler] });
      const client = await app.connect();
      const push = client.nextPush('exception');

      await expect(client.request(name, { card: CARD })).rejects.toMatchObject({ code });
      expect(await push).toMatchObject({ status: 'error', message });
      expect(await client.request('echo', 'served')).toBe('served');
    },
  );

  it('leaks nothing in clear text', async () => {
    const app = await startApp({ providers: [Handlers, Gateway] });
    const peer = await authenticatedRaw(app);
    const frames: [Buffer, boolean][] = [];
    peer.webSocket.on('message', (data: Buffer, isBinary: boolean) =>
      frames.push([data, isBinary]),
    );
    peer.sendMessage({ request: 'foreseen', id: 1, data: { card: CARD } });
    peer.sendMessage({ request: 'inGateway', id: 2, data: { card: CARD } });
    await peer.nextMatching(({ id }) => id === 2);

    expect(frames.length).toBeGreaterThanOrEqual(2);
    for (const [data, isBinary] of frames) {
      expect(isBinary).toBe(true);
      expect(data.toString('latin1')).not.toContain(CARD);
    }
  });
});
