import { afterEach, describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { SocketHandler } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { RawClient } from '../helpers/raw-client.js';

afterEach(closeApps);

/** Every key and value that travels in the session below, and is long enough not to occur by chance. */
const TRAVELLING = [
  'request response message details sessionKey authKey success error stream heartBeat',
  'secretEcho secretQuestion secretReply secretNews secretItem secretAsk secretCode secretReason',
  'secretDetail secretEvent secretPattern UNKNOWN_HANDLER INTERNAL NOT_FOUND nobodyHandles',
]
  .flatMap((words) => words.split(' '))
  .concat(AUTH_KEY, 'Not found here');

@SocketHandler('secretEcho')
class EchoHandler {
  server(): object {
    return { secretReply: 'secretReply' };
  }
}

@SocketHandler('fails')
class FailingHandler {
  server(how: string): void {
    if (how === 'ws') {
      const details = 'secretDetail';
      throw new WsException({ code: 'secretCode', message: 'secretReason', details });
    }
    if (how === 'http') throw new NotFoundException('Not found here');
    throw new Error('stays here');
  }
}

@SocketHandler('values')
class ValuesHandler {
  async *server(): AsyncGenerator<string> {
    yield 'secretItem';
  }
}

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('secretPattern')
  reply(): object {
    return { event: 'secretEvent', data: 'secretReply' };
  }

  @SubscribeMessage('gatewayFails')
  fail(): never {
    throw new WsException('secretReason');
  }
}

/** One session with everything that can travel; resolves with its raw frames. */
async function session(encryption: boolean): Promise<{ data: Buffer; binary: boolean }[]> {
  const providers = [EchoHandler, FailingHandler, ValuesHandler, Gateway];
  const sockets = await startApp({ options: { encryption }, providers });
  const { port } = sockets;
  const client = await RawClient.connect({ port, authKey: AUTH_KEY, encryption });
  await client.authenticate();
  await client.requestWithId('secretEcho', { secretQuestion: 'secretQuestion' });
  for (const how of ['ws', 'http', 'unknown']) await client.requestWithId('fails', how);
  await client.requestWithId('nobodyHandles');
  await client.request('heartBeat');
  await client.requestWithId('secretPattern');
  await client.requestWithId('gatewayFails');
  client.sendMessage({ request: 'values', id: 'x', stream: true });
  await client.nextMatching(({ done }) => done === true, 'the end of the stream');
  await pushAndAsk(sockets, client);
  return client.frames;
}

async function pushAndAsk({ server }: SocketsTestApp, client: RawClient): Promise<void> {
  server.broadcast('secretNews', 'secretNews');
  const [id] = server.clientMap.keys();
  const answer = server.request(id!, 'secretAsk', {});
  const ask = await client.nextMatching(({ request }) => request === 'secretAsk', 'the ask');
  client.sendMessage({ request: 'secretAsk', id: ask.id, response: 'secretReply' });
  expect(await answer).toBe('secretReply');
}

function inTheClear(frames: { data: Buffer }[]): string[] {
  const all = Buffer.concat(frames.map(({ data }) => data)).toString('latin1');
  return TRAVELLING.filter((word) => all.includes(word));
}

describe('A whole session, errors, streams and gateways included', () => {
  it('shows no key and no value in the clear, in either direction', async () => {
    const frames = await session(true);
    expect(frames.length).toBeGreaterThan(20);
    expect(frames.every(({ binary }) => binary)).toBe(true);
    expect(inTheClear(frames)).toEqual([]);
  });

  it('shows all of them with encryption off, so that the test above would notice', async () => {
    const frames = await session(false);
    const shown = inTheClear(frames);
    expect(shown).toEqual(TRAVELLING.filter((word) => word !== 'sessionKey'));
  });
});
