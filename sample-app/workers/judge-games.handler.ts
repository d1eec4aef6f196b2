import { RemoteError, SocketHandler } from '../../src/index.js';
import type { SocketClient } from '../../src/client/index.js';
import type { Verdict } from '../games/verdict.js';
import type { Heard } from '../cluster-messages.js';
import type { Game } from '../messages.js';

const GAMES_IN_FLIGHT = 32;

/**
 * `judgeGames`: has some games judged by the node that the worker is on, many at a time, and answers
 * with what it heard. When the connection is lost there is no answer, and others get the games.
 */
@SocketHandler('judgeGames')
export class JudgeGamesHandler {
  async client({ games }: { games: readonly Game[] }, socket: SocketClient): Promise<Heard> {
    const heard = { valid: [], invalid: [], failed: [] } as Record<keyof Heard, number[]>;
    // All lanes take from one iterator: each game is taken once, and no lane waits for another.
    const queue = games.values();
    const lane = async (): Promise<void> => {
      for (const game of queue) heard[await judge(game, socket)].push(game.gameId);
    };
    await Promise.all(Array.from({ length: GAMES_IN_FLIGHT }, lane));
    return heard;
  }
}

async function judge(game: Game, socket: SocketClient): Promise<keyof Heard> {
  try {
    const verdict = await socket.request<Verdict>('validateGame', game);
    return verdict.valid ? 'valid' : 'invalid';
  } catch (error) {
    if (error instanceof RemoteError) return 'failed';
    throw error;
  }
}
