import { Inject, Injectable, Logger } from '@nestjs/common';
import { BehaviorSubject, filter, switchMap, take, type Observable } from 'rxjs';
import { SocketPush } from '../../src/asyncapi/index.js';
import { SocketServer } from '../../src/index.js';
import type {
  OnSocketAuthenticated,
  OnSocketDisconnect,
  SocketDisconnect,
} from '../../src/index.js';
import { GameCatalogue } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import type { Announcement, Progress, ScanGames, Summary } from '../messages.js';
import { ANNOUNCEMENT, SCAN_GAMES } from '../messages.schemas.js';
import { HALL_OPTIONS, type HallOptions } from './hall.options.js';
import type { ReportDto } from './report.dto.js';
import { LiveHall } from './live-hall.service.js';
import { Round } from './round.js';
import type { VerdictBook } from './verdict-book.js';

/** Waits for the workers, deals them the games, and announces what came of it. */
@Injectable()
@SocketPush('scanGames', { summary: 'A round begins', payload: SCAN_GAMES })
@SocketPush('announcement', { summary: 'A round is over', payload: ANNOUNCEMENT })
export class GameHall implements VerdictBook, OnSocketAuthenticated, OnSocketDisconnect {
  private readonly logger = new Logger(GameHall.name);
  private readonly round$ = new BehaviorSubject<Round | undefined>(undefined);

  constructor(
    @Inject(HALL_OPTIONS) private readonly options: HallOptions,
    private readonly server: SocketServer,
    private readonly catalogue: GameCatalogue,
    private readonly live: LiveHall,
  ) {}

  /** The round that is on, or else the next one. */
  get progress$(): Observable<Progress> {
    return this.round$.pipe(
      filter((round) => round !== undefined),
      take(1),
      switchMap((round) => round.progress$),
    );
  }

  onSocketAuthenticated(): void {
    const workers = this.workerNames();
    if (!this.round && workers.length >= this.options.workers) this.start(workers);
  }

  onSocketDisconnect({ client }: SocketDisconnect): void {
    if (this.round?.leave(String(client.meta.name))) this.endWhenOver(this.round);
  }

  recordVerdict(gameId: number | undefined, verdict: Verdict): void {
    if (gameId === undefined || !this.round) return;
    this.round.recordVerdict(gameId, verdict);
    this.live.judged(gameId, verdict);
  }

  report(worker: string, report: ReportDto): void {
    if (this.round?.report(worker, report)) this.endWhenOver(this.round);
  }

  private get round(): Round | undefined {
    return this.round$.value;
  }

  private start(workers: string[]): void {
    const { games } = this.catalogue;
    this.round$.next(new Round(games, workers));
    this.live.roundBegan(games.length);
    const push: ScanGames = { games: games.map(({ gameId, pgn }) => ({ gameId, pgn })), workers };
    this.server.sendToByMeta('role', 'worker', 'scanGames', push);
    this.logger.log(`Dealt ${games.length} games to ${workers.join(', ')}`);
  }

  private endWhenOver(round: Round): void {
    if (!round.isOver) return;
    this.round$.next(undefined);
    const clients = [...this.server.clientMap.values()];
    const versions = new Set(clients.map(({ session }) => session.version));
    this.announce(round.close(clients.length, [...versions]));
  }

  private announce({ games, valid, invalid, problems }: Summary): void {
    const msg = problems.length === 0 ? 'All games are judged' : 'Something went wrong';
    const announcement: Announcement = { msg, games, valid, invalid };
    this.server.broadcast('announcement', announcement);
    this.logger.log(`${msg}: ${valid} of ${games} games are valid, ${invalid} are not`);
  }

  private workerNames(): string[] {
    const clients = [...this.server.clientMap.values()];
    return clients
      .filter(({ meta }) => meta.role === 'worker')
      .map(({ meta }) => String(meta.name));
  }
}
