/**
 * Checked by `tsc` alone, never run: whatever is marked must not compile, and all else must.
 */
import type { Observable } from 'rxjs';
import type { ClientHandler, ConnectedClient, ServerHandler } from '../../src/index.js';
import { SocketClient, SocketServer } from '../../src/index.js';

interface Game {
  pgn: string;
}
interface Verdict {
  valid: boolean;
}

interface GameContract {
  handlers: {
    validateGame: { data: Game; response: Verdict };
    ping: { response: 'pong' };
    watch: { data: { eco: string }; response: number };
  };
  pushes: {
    scanGames: { data: string[] };
    announcement: { data: { msg: string } };
    status: { data: { verbose: boolean }; response: { idle: boolean } };
    refresh: { data: void };
  };
}

declare const client: SocketClient<GameContract>;
declare const server: SocketServer<GameContract>;
declare const connected: ConnectedClient<GameContract>;
declare const untypedClient: SocketClient;
declare const untypedServer: SocketServer;

export async function requestsAreChecked(): Promise<void> {
  const verdict: Verdict = await client.request('validateGame', { pgn: '1. e4' });
  const pong: 'pong' = await client.request('ping');
  await client.request('validateGame', { pgn: verdict.valid ? 'a' : pong }, { timeout: 1 });
  // @ts-expect-error no such handler
  await client.request('validategame', { pgn: '1. e4' });
  // @ts-expect-error data is missing
  await client.request('validateGame');
  // @ts-expect-error data has another shape
  await client.request('validateGame', { fen: '8/8' });
  // @ts-expect-error the response has another shape
  const wrong: { legal: boolean } = await client.request('validateGame', { pgn: '' });
  void wrong;
  client.send({ request: 'validateGame', data: { pgn: '' } });
  // @ts-expect-error data has another shape
  client.send({ request: 'validateGame', data: 7 });
}

export async function streamsAreChecked(): Promise<void> {
  for await (const plies of client.stream('watch', { eco: 'B90' })) plies.toFixed();
  // @ts-expect-error data has another shape
  client.stream('watch', { eco: 90 });
  // @ts-expect-error values are numbers
  for await (const plies of client.stream('watch', { eco: 'B90' })) plies.toUpperCase();
}

export function hooksAreChecked(): void {
  client.on('scanGames', (games, socket) => {
    socket.send({ request: 'ping', data: undefined });
    return games.map((game) => game.toUpperCase());
  });
  client.on('validateGame', (verdict) => verdict.valid);
  // @ts-expect-error no such push
  client.on('scangames', () => undefined);
  // @ts-expect-error games are strings
  client.on('scanGames', (games: number[]) => games);
}

export async function sendingIsChecked(): Promise<void> {
  server.sendTo(7, 'scanGames', ['1. e4']);
  server.sendToByMeta('role', 'worker', 'scanGames', ['1. e4']) satisfies number;
  server.sendToFirstByMeta('role', 'worker', 'scanGames', ['1. e4']) satisfies boolean;
  server.broadcast('announcement', { msg: 'hi' });
  server.broadcast('refresh');
  const { idle } = await server.request(7, 'status', { verbose: true });
  const answer = await connected.request('status', { verbose: idle }, { timeout: 10 });
  answer.idle satisfies boolean;
  for (const [id, each] of server.clientMap) {
    await each.request('status', { verbose: id > 1 });
  }
  // @ts-expect-error data is missing
  server.sendTo(7, 'scanGames');
  // @ts-expect-error no such push
  server.broadcast('anouncement', { msg: 'hi' });
  // @ts-expect-error data has another shape
  server.broadcast('announcement', { message: 'hi' });
  // @ts-expect-error data has another shape
  server.sendToByMeta('role', 'worker', 'scanGames', [1]);
  // @ts-expect-error data has another shape
  server.sendToFirstByMeta('role', 'worker', 'scanGames', [1]);
  // @ts-expect-error nobody answers it
  await server.request(7, 'refresh');
  // @ts-expect-error nobody answers it
  await connected.request('scanGames', ['1. e4']);
  // @ts-expect-error the answer has another shape
  void (await server.request(7, 'status', { verbose: true })).busy;
}

export class GoodHandler implements ServerHandler<GameContract, 'validateGame'> {
  server(game: Game): Verdict {
    return { valid: game.pgn !== '' };
  }
}
export class AsyncHandler implements ServerHandler<GameContract, 'validateGame'> {
  async server({ pgn }: Game, caller: ConnectedClient<GameContract>): Promise<Verdict> {
    const { idle } = await caller.request('status', { verbose: false });
    return { valid: idle && pgn !== '' };
  }
}
export class StreamHandler implements ServerHandler<GameContract, 'watch'> {
  async *server({ eco }: { eco: string }): AsyncGenerator<number> {
    yield eco.length;
  }
}
export class ObservableHandler implements ServerHandler<GameContract, 'watch'> {
  declare readonly source: Observable<number>;
  server(): Observable<number> {
    return this.source;
  }
}
export class WrongResponseHandler implements ServerHandler<GameContract, 'validateGame'> {
  // @ts-expect-error the contract wants a Verdict
  server(game: Game): string {
    return game.pgn;
  }
}
export class WrongDataHandler implements ServerHandler<GameContract, 'validateGame'> {
  // @ts-expect-error the contract sends a Game
  server(game: { fen: string }): Verdict {
    return { valid: game.fen !== '' };
  }
}
// @ts-expect-error no such handler
export type UnknownHandler = ServerHandler<GameContract, 'validate'>;
export class StatusHandler implements ClientHandler<GameContract, 'status'> {
  client({ verbose }: { verbose: boolean }): { idle: boolean } {
    return { idle: verbose };
  }
}
export class WrongStatusHandler implements ClientHandler<GameContract, 'status'> {
  // @ts-expect-error the contract wants { idle }
  client(): string {
    return 'idle';
  }
}

declare function get<T>(token: new (...dependencies: never[]) => T): T;

/** As `app.get()` and `moduleRef.get()` infer it. */
export function providersThatAreLookedUpTakeEverything(): void {
  get(SocketServer).broadcast('anything', 1);
  get(SocketClient).send({ request: 'anything', data: 1 });
}

export async function nothingIsCheckedWithoutAContract(): Promise<void> {
  const verdict = await untypedClient.request<Verdict>('anything', 7, { timeout: 5 });
  verdict.valid satisfies boolean;
  const unknown: unknown = await untypedClient.request('anything');
  for await (const value of untypedClient.stream<number>('anything')) value.toFixed();
  untypedClient.on('anything', (payload: Verdict) => payload.valid);
  untypedServer.broadcast('anything', unknown);
  (await untypedServer.request<Verdict>(1, 'anything')).valid satisfies boolean;
}
