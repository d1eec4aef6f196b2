import { Inject, Logger } from '@nestjs/common';
import { SocketHandler } from '../../src/index.js';
import type { SocketClient } from '../../src/client/index.js';
import type { Verdict } from '../games/verdict.js';
import type { ReportDto } from '../hall/report.dto.js';
import type { Game, ScanGames } from '../messages.js';
import { WORKER_NAME } from './worker-name.js';

const GAMES_IN_FLIGHT = 32;

/** `scanGames`: has the worker's share of the games judged, many at a time, and reports. */
@SocketHandler('scanGames')
export class ScanGamesHandler {
  private readonly logger = new Logger(ScanGamesHandler.name);

  constructor(@Inject(WORKER_NAME) private readonly name: string) {}

  async client({ games, workers }: ScanGames, socket: SocketClient): Promise<void> {
    const seat = workers.indexOf(this.name);
    const share = games.filter((_, index) => index % workers.length === seat);
    try {
      const report = await this.judgeAll(share, socket);
      socket.send({ request: 'report', data: report });
    } catch (error) {
      this.logger.warn(`Left a share unfinished, and wait for another: ${String(error)}`);
    }
  }

  private async judgeAll(share: readonly Game[], socket: SocketClient): Promise<ReportDto> {
    const report: ReportDto = { valid: 0, invalid: 0, failed: 0 };
    // All lanes take from one iterator: each game is taken once, and no lane waits for another.
    const queue = share.values();
    const lane = async (): Promise<void> => {
      for (const game of queue) report[await this.judge(game, socket)]++;
    };
    await Promise.all(Array.from({ length: GAMES_IN_FLIGHT }, lane));
    return report;
  }

  private async judge(game: Game, socket: SocketClient): Promise<keyof ReportDto> {
    try {
      const verdict = await socket.request<Verdict>('validateGame', game);
      return verdict.valid ? 'valid' : 'invalid';
    } catch (error) {
      if (socket.state !== 'connected') throw error;
      this.logger.error(`No verdict on game ${game.gameId}: ${String(error)}`);
      return 'failed';
    }
  }
}
