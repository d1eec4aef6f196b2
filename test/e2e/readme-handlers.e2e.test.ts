import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  SharedKeyAuthHandler,
  SocketClient,
  SocketClientModule,
  SocketsModule,
} from '../../src/index.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const bench = useReadmeSamples();

describe('token.auth-handler.ts of HANDLERS.md', () => {
  const HOUR = 3_600;

  /** Knows two tokens of one user, and one of another. */
  class KnownTokens {
    async verify(token: string): Promise<{ userId: string; exp: number } | null> {
      if (token === 'no database') throw new Error('the database is down');
      const [userId] = /^[ab](?=-\d$)/.exec(token) ?? [];
      return userId ? { userId, exp: Math.floor(Date.now() / 1_000) + HOUR } : null;
    }
  }

  async function start() {
    const sample = await bench.samples.load<{ Tokens: Type; TokenAuthHandler: Type }>(
      'token.auth-handler.ts',
    );
    const tokens = { provide: sample.Tokens, useClass: KnownTokens };
    return bench.startProviders(tokens, sample.TokenAuthHandler);
  }

  it('lets in who has a token until that expires, and no other user on that connection', async () => {
    const sockets = await start();
    let token = 'a-1';
    const client = await sockets.connect({ authData: () => ({ token }) });
    const [connected] = sockets.server.clientMap.values();
    expect(connected!.meta).toEqual({ userId: 'a' });
    const soon = Date.now() + HOUR * 1_000;
    expect(Math.abs(connected!.expiresAt! - soon)).toBeLessThan(60_000);
    token = 'b-1';
    const gone = once(client.events, 'disconnect');
    connected!.expiresAt = Date.now() + 1_000;
    expect(await gone).toMatchObject([{ code: 4401 }]);
  });

  it('refuses a bad token for good, and has clients try again where that cannot be told', async () => {
    const sockets = await start();
    const connect = (token: string) =>
      sockets.connect({ authData: { token }, reconnect: false }).then(() => 'connected');
    await expect(connect('forged')).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    await expect(connect('no database')).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });
});

describe('status.controller.ts of HANDLERS.md', () => {
  it('answers HTTP for a client: its status, 404 without it, 504 where it says nothing', async () => {
    const { StatusController } = await bench.samples.load<{ StatusController: Type }>(
      'status.controller.ts',
      { '2_000': '200' },
    );
    const sockets = await bench.startModule(
      Test.createTestingModule({
        imports: [SocketsModule.forRoot()],
        controllers: [StatusController],
        providers: [SharedKeyAuthHandler],
      }),
    );
    await sockets.app.listen(0, '127.0.0.1');
    const { port } = sockets.app.getHttpServer().address() as AddressInfo;
    const client = await sockets.connect();
    const [id] = sockets.server.clientMap.keys();
    const ask = (of: number) => fetch(`http://127.0.0.1:${port}/clients/${of}/status`);
    client.on('status', () => ({ idle: true }));
    expect(await (await ask(id!)).json()).toEqual({ idle: true });
    expect((await ask(id! + 1)).status).toBe(404);
    client.on('status', () => new Promise(() => undefined));
    expect((await ask(id!)).status).toBe(504);
  });
});

describe('validate-game.handlers.ts of MIGRATION.md', () => {
  it('answers a client, and a hook hears the reply to what was sent', async () => {
    interface Sample {
      ValidateGameHandler: Type;
      VerdictHandler: Type;
      Verdicts: Type<{ heard: boolean[] }>;
    }
    const sample = await bench.samples.load<Sample>('validate-game.handlers.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, sample.ValidateGameHandler);
    const worker = await bench.closeLater(
      Test.createTestingModule({
        imports: [SocketClientModule.forRoot({ address: `ws://127.0.0.1:${sockets.port}` })],
        providers: [sample.VerdictHandler, sample.Verdicts],
      }).compile(),
    );
    await worker.init();
    const client = worker.get(SocketClient);
    client.send({ request: 'validateGame', data: { pgn: '1. e4' } });
    // Answered after it, on the same connection.
    await client.request('validateGame', { pgn: 'e4' });
    expect(worker.get(sample.Verdicts).heard).toEqual([true]);
  });
});

describe('chat.gateway.ts of HANDLERS.md', () => {
  it('welcomes who comes, and has the others hear who speaks', async () => {
    const { ChatGateway } = await bench.samples.load<{ ChatGateway: Type }>('chat.gateway.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, ChatGateway);
    const one = await sockets.connect({ handlers: {} });
    const two = await sockets.connect();
    one.watch('said');
    two.watch('said');
    const ids = [...sockets.server.clientMap.keys()];
    expect(await one.request('say', 'hello')).toBe(2);
    expect(await two.nextPush('said')).toBe('hello');
    expect(await two.request('say', 'hi')).toBe(2);
    expect(await one.nextPush('said')).toBe('hi');
    expect(ids).toHaveLength(2);
  });
});
