import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import {
  SkipAuth,
  SocketHandler,
  type ConnectedClient,
  type GatewayServer,
  type GatewaySocket,
  type OnSocketAuthenticated,
} from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { deferred } from '../fixtures/deferred.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { RecordHandler, SlowHandler } from '../fixtures/handlers.js';
import { RawClient } from '../helpers/raw-client.js';

afterEach(closeApps);

@WebSocketGateway()
class ChatGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer() readonly server!: GatewayServer;
  readonly initializedWith: GatewayServer[] = [];
  readonly came: number[] = [];
  readonly left = deferred<number>();

  afterInit(server: GatewayServer): void {
    this.initializedWith.push(server);
  }

  handleConnection(client: GatewaySocket): void {
    this.came.push(client.id);
  }

  handleDisconnect(client: GatewaySocket): void {
    this.left.resolve(client.id);
  }

  @SubscribeMessage('plain')
  plain(client: GatewaySocket, data: unknown): object {
    return { from: client.id, data };
  }

  @SubscribeMessage('renamed')
  renamed(): object {
    return { event: 'other', data: 1 };
  }

  @SubscribeMessage('fails')
  fail(): never {
    throw new WsException({ code: 'BAD_WORD', message: 'No' });
  }

  @SkipAuth()
  @SubscribeMessage('open')
  open(): string {
    return 'for everyone';
  }

  @SubscribeMessage('shout')
  shout(_client: GatewaySocket, data: unknown): void {
    const text = JSON.stringify({ event: 'shouted', data });
    for (const client of this.server.clients) client.send(text);
  }
}

@WebSocketGateway()
class OtherGateway implements OnGatewayInit {
  atInit: object | undefined;

  afterInit(server: GatewayServer): void {
    this.atInit = { server, clients: server.clients.size };
  }
}

describe('A native gateway', () => {
  it('answers under authentication and encryption: values, renamed events, exceptions', async () => {
    const sockets = await startApp({ providers: [ChatGateway] });
    const client = await sockets.connect();
    const [id] = sockets.server.clientMap.keys();
    expect(await client.request('plain', 'x')).toEqual({ from: id, data: 'x' });
    expect(await client.request('renamed')).toBe(1);
    await expect(client.request('fails')).rejects.toMatchObject({
      code: 'BAD_WORD',
      message: 'No',
    });
    const raw = await RawClient.connect({ port: sockets.port, authKey: AUTH_KEY });
    expect(await raw.request('open')).toMatchObject({ response: 'for everyone' });
    raw.sendMessage({ request: 'plain' });
    expect((await raw.closed).code).toBe(4401);
  });

  it('names the reply after the event that it returns', async () => {
    const { port } = await startApp({ providers: [ChatGateway] });
    const raw = await RawClient.connect({ port, authKey: AUTH_KEY });
    await raw.authenticate();
    raw.sendMessage({ request: 'renamed', id: 5 });
    expect(await raw.next()).toEqual({ request: 'other', id: 5, response: 1 });
  });

  it('is told of authenticated clients alone, reaches them all, and hears when they go', async () => {
    const sockets = await startApp({ providers: [ChatGateway] });
    const gateway = sockets.app.get(ChatGateway);
    const stranger = await RawClient.connect({ port: sockets.port, authKey: AUTH_KEY });
    const [client, other] = [await sockets.connect(), await sockets.connect()];
    expect(gateway.came).toEqual([...sockets.server.clientMap.keys()]);
    for (const each of [client, other]) each.watch('shouted');
    await client.request('shout', 'hi');
    expect(await Promise.all([client, other].map((c) => c.nextPush('shouted')))).toEqual([
      'hi',
      'hi',
    ]);
    expect(stranger.received.unread).toEqual([]);
    client.close();
    expect(gateway.came).toContain(await gateway.left.promise);
    expect(gateway.server.clients.size).toBe(1);
  });

  it('is given the server once, empty, which it shares with the other gateways', async () => {
    const started = await startApp({ providers: [ChatGateway, OtherGateway] });
    const [gateway, other] = [started.app.get(ChatGateway), started.app.get(OtherGateway)];
    expect(gateway.initializedWith).toEqual([gateway.server]);
    expect(other.atInit).toEqual({ server: gateway.server, clients: 0 });
    await started.connect();
    expect(gateway.server.clients.size).toBe(1);
  });

  it('with a port of its own stops the startup', async () => {
    @WebSocketGateway(4711)
    class LonelyGateway {
      @SubscribeMessage('x')
      x(): void {}
    }
    await expect(startApp({ providers: [LonelyGateway] })).rejects.toMatchObject({
      code: 'GATEWAY_NOT_SUPPORTED',
    });
  });
});

@Injectable()
class Welcome implements OnSocketAuthenticated {
  readonly mayGoOn = deferred<unknown>();

  async onSocketAuthenticated(): Promise<void> {
    await this.mayGoOn.promise;
  }
}

@Injectable()
class BrokenHook implements OnSocketAuthenticated {
  onSocketAuthenticated(): void {
    throw new Error('a hook that fails');
  }
}

/** Asks a client before it does anything else. */
@Injectable()
class Interviewer implements OnSocketAuthenticated {
  readonly answers: unknown[] = [];

  async onSocketAuthenticated(client: ConnectedClient): Promise<void> {
    this.answers.push(await client.request('status', { verbose: true }));
  }
}

@SkipAuth()
@SocketHandler('auth')
class SlowAuthHandler {
  readonly decision = deferred<unknown>();

  server(_data: unknown, _client: ConnectedClient): Promise<unknown> {
    return this.decision.promise;
  }
}

/** Long enough for the server to have read what was sent before: another peer is answered, twice. */
async function turnsOf(port: number): Promise<void> {
  const other = await RawClient.connect({ port, authKey: AUTH_KEY });
  await other.roundTrip();
  await other.roundTrip();
  await other.terminate();
}

describe('The life of a connection', () => {
  it('lets messages wait while authentication is under way, in their order', async () => {
    const { app, port } = await startApp({ auth: SlowAuthHandler, providers: [RecordHandler] });
    const client = await RawClient.connect({ port, authKey: AUTH_KEY });
    const authenticated = client.authenticate();
    for (const data of [1, 2, 3]) client.sendMessage({ request: 'record', data });
    await turnsOf(port);
    expect(app.get(RecordHandler).calls).toEqual([]);
    app.get(SlowAuthHandler).decision.resolve('success');
    await authenticated;
    for (let count = 0; count < 3; count++) await client.next();
    expect(app.get(RecordHandler).calls).toEqual([1, 2, 3]);
  });

  it('lets messages wait for OnSocketAuthenticated, whose errors stop nobody', async () => {
    const providers = [BrokenHook, Welcome, RecordHandler];
    const { app, port } = await startApp({ providers });
    const client = await RawClient.connect({ port, authKey: AUTH_KEY });
    await client.authenticate();
    client.sendMessage({ request: 'record', data: 'early' });
    await turnsOf(port);
    expect(app.get(RecordHandler).calls).toEqual([]);
    app.get(Welcome).mayGoOn.resolve(undefined);
    expect(await client.next()).toMatchObject({ response: 'recorded' });
  });

  it('lets OnSocketAuthenticated ask the client, whose messages wait for its answer', async () => {
    const { app, port } = await startApp({ providers: [Interviewer, RecordHandler] });
    const client = await RawClient.connect({ port, authKey: AUTH_KEY });
    await client.authenticate();
    const ask = await client.next();
    expect(ask).toMatchObject({ request: 'status', data: { verbose: true } });
    client.sendMessage({ request: 'record', data: 'early' });
    await turnsOf(port);
    expect(app.get(RecordHandler).calls).toEqual([]);
    client.sendMessage({ request: 'status', id: ask.id, response: 'idle' });
    expect(await client.next()).toMatchObject({ request: 'record', response: 'recorded' });
    expect(app.get(Interviewer).answers).toEqual(['idle']);
  });

  it('ends with the replies of handlers in flight, then 1001; newcomers get 503', async () => {
    const sockets = await startApp({ providers: [SlowHandler] });
    const client = await sockets.connect();
    const slow = sockets.app.get(SlowHandler);
    const started = once(client.events, 'disconnect') as Promise<[{ code: number }]>;
    const begun = new Promise((resolve) => slow.started$.subscribe(resolve));
    const reply = client.request('slow', 1);
    await begun;
    const { port } = sockets;
    const closed = sockets.server.close();
    const newcomer = RawClient.connect({ port, authKey: AUTH_KEY });
    await expect(newcomer).rejects.toMatchObject({ statusCode: 503 });
    slow.answer('finished');
    expect(await reply).toBe('finished');
    expect((await started)[0].code).toBe(1001);
    await closed;
  });

  it('gives a handler up that does not end within shutdownTimeout', async () => {
    const options = { shutdownTimeout: 20 };
    const sockets = await startApp({ providers: [SlowHandler], options });
    const client = await sockets.connect();
    const begun = new Promise((resolve) =>
      sockets.app.get(SlowHandler).started$.subscribe(resolve),
    );
    const reply = client.request('slow', 1).catch((error: { code: string }) => error.code);
    await begun;
    await sockets.server.close();
    expect(await reply).toBe('CONNECTION_LOST');
  });
});
