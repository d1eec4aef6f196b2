import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  createParamDecorator,
  Injectable,
  ParseIntPipe,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { ConnectedClient, SkipAuth, SocketHandler, type GatewaySocket } from '../../src/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { RawClient } from '../helpers/raw-client.js';

const Role = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  return context.switchToWs().getClient<ConnectedClient>().meta.role;
});

/** Answers with what its methods were given; knows its own state, so `this` must be right. */
@Injectable()
class GameService {
  private readonly title = 'games';

  @SocketHandler('games.plain')
  plain(data: unknown, client: ConnectedClient): object {
    return {
      title: this.title,
      data,
      client: client.id,
      isClient: client instanceof ConnectedClient,
    };
  }

  @SocketHandler()
  namedByItself(data: unknown): object {
    return { title: this.title, data };
  }

  @SocketHandler('games.decorated')
  decorated(
    @ConnectedSocket() client: ConnectedClient,
    @MessageBody() body: unknown,
    @MessageBody('plies') plies: number,
    @Role() role: string,
  ): object {
    return { client: client.id, body, plies, role };
  }

  @SocketHandler('games.parsed')
  parsed(@MessageBody('plies', ParseIntPipe) plies: number): object {
    return { plies };
  }

  @SkipAuth()
  @SocketHandler('games.open')
  open(_data: unknown, client: ConnectedClient): object {
    return { authenticated: client.authenticated };
  }

  @SocketHandler('games.later')
  async later(data: unknown): Promise<unknown> {
    await Promise.resolve();
    return data;
  }

  @SocketHandler('games.silent')
  silent(): void {
    // Returns nothing.
  }
}

@SocketHandler('validateGame')
class ValidateGameHandler {
  server(data: unknown): object {
    return { validated: data };
  }

  @SocketHandler('validateAll')
  all(data: unknown): object {
    return { all: data };
  }
}

@Controller()
class GamesController {
  @SocketHandler('games.count')
  count(): number {
    return 3;
  }
}

class BaseHandlers {
  @SocketHandler('games.inherited')
  inherited(): string {
    return this.constructor.name;
  }
}

@Injectable()
class DerivedHandlers extends BaseHandlers {}

@WebSocketGateway()
class GamesGateway {
  private readonly title = 'gateway';

  @SubscribeMessage('gateway.plain')
  plain(client: GatewaySocket, data: unknown): object {
    return { title: this.title, data, client: client.id };
  }

  @SubscribeMessage('gateway.decorated')
  decorated(
    @MessageBody('plies', ParseIntPipe) plies: number,
    @ConnectedSocket() socket: GatewaySocket,
    @MessageBody() body: unknown,
  ): object {
    return { plies, client: socket.client.id, body };
  }
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class GuardedHandlers {
  @UseGuards(NobodyGuard)
  @SocketHandler('secret')
  secret(): string {
    return 'leaked';
  }
}

const providers = [GameService, ValidateGameHandler, DerivedHandlers, GamesGateway];
const PLIES = { plies: '12' };

afterEach(closeApps);

describe('Methods as handlers', () => {
  it.each([
    ['games.plain', { title: 'games', data: PLIES, client: 1, isClient: true }],
    ['namedByItself', { title: 'games', data: PLIES }],
    ['games.decorated', { client: 1, body: PLIES, plies: '12', role: 'worker' }],
    ['games.parsed', { plies: 12 }],
    ['games.later', PLIES],
    ['games.silent', null],
    ['games.count', 3],
    ['games.inherited', 'DerivedHandlers'],
    ['validateGame', { validated: PLIES }],
    ['validateAll', { all: PLIES }],
    ['gateway.plain', { title: 'gateway', data: PLIES, client: 1 }],
    ['gateway.decorated', { plies: 12, client: 1, body: PLIES }],
  ])('%s gets its arguments and its instance', async (name, expected) => {
    const sockets = await startApp({ providers, controllers: [GamesController] });
    const client = await sockets.connect({ authData: { role: 'worker' } });
    expect(await client.request(name, PLIES)).toEqual(expected);
  });

  it('take one property of what is no object for nothing, instead of failing', async () => {
    const sockets = await startApp({ providers });
    const client = await sockets.connect();
    expect(await client.request('games.decorated')).toEqual({ client: 1 });
  });

  it('refuse what a pipe of a parameter refuses', async () => {
    const sockets = await startApp({ providers });
    const client = await sockets.connect();
    await expect(client.request('games.parsed', { plies: 'many' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'Validation failed (numeric string is expected)',
    });
  });

  it('are open before authentication with @SkipAuth(), alone of their class', async () => {
    const { port } = await startApp({ providers });
    const stranger = await RawClient.connect({ port, authKey: AUTH_KEY });
    const { response } = await stranger.request('games.open');
    expect(response).toEqual({ authenticated: false });
    stranger.sendMessage({ request: 'games.plain' });
    expect((await stranger.untilClosed()).code).toBe(4401);
  });
});

describe('A handler that is provided under a token', () => {
  it('runs, made by a factory', async () => {
    const sockets = await startApp({
      providers: [{ provide: 'GAMES', useFactory: () => new ValidateGameHandler() }],
    });
    const client = await sockets.connect();
    expect(await client.request('validateGame', 1)).toEqual({ validated: 1 });
    expect(await client.request('validateAll', 2)).toEqual({ all: 2 });
  });

  it('is found once when another token is an alias of it', async () => {
    const sockets = await startApp({
      providers: [GameService, { provide: 'ALIAS', useExisting: GameService }],
    });
    const client = await sockets.connect();
    expect(await client.request('namedByItself', 1)).toEqual({ title: 'games', data: 1 });
  });

  it('keeps its guard, or refuses to start on a Nest that would skip it', async () => {
    const app = startApp({ providers: [{ provide: 'GUARDED', useClass: GuardedHandlers }] });
    const answer = app.then(async (sockets) => (await sockets.connect()).request('secret'));
    await expect(answer).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:FORBIDDEN|UNUSABLE_ENHANCER)$/),
    });
  });

  it.each([
    ['a factory', { provide: 'GUARDED', useFactory: () => new GuardedHandlers() }],
    ['a value', { provide: 'GUARDED', useValue: new GuardedHandlers() }],
  ])('refuses to start when %s hides its guard from Nest', async (_how, provider) => {
    await expect(startApp({ providers: [provider] })).rejects.toMatchObject({
      code: 'UNUSABLE_ENHANCER',
      message: expect.stringContaining('NobodyGuard'),
    });
  });
});
