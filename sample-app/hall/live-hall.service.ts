import { Injectable } from '@nestjs/common';
import { asyncScheduler, interval, map, merge, startWith, Subject, throttleTime } from 'rxjs';
import type { Observable } from 'rxjs';
import { SocketServer } from '../../src/index.js';
import { GameCatalogue } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import { LiveBoard } from '../live-board.js';
import type { LiveView } from '../live-view.js';

const MILLISECONDS_BETWEEN_VIEWS = 100;
const ONE_SECOND = 1_000;

/** What goes on in the hall right now, for those who watch. */
@Injectable()
export class LiveHall {
  private readonly changes = new Subject<void>();
  private readonly board = new LiveBoard();

  constructor(
    private readonly server: SocketServer,
    private readonly catalogue: GameCatalogue,
  ) {}

  /** What there is to see: at once, after each change but seldom enough for eyes, and every second. */
  get view$(): Observable<LiveView> {
    const options = { leading: true, trailing: true };
    const changes = this.changes.pipe(
      throttleTime(MILLISECONDS_BETWEEN_VIEWS, asyncScheduler, options),
    );
    return merge(changes, interval(ONE_SECOND)).pipe(
      startWith(undefined),
      map(() => this.view()),
    );
  }

  roundBegan(total: number): void {
    this.board.roundBegan(total);
    this.changes.next();
  }

  judged(gameId: number, verdict: Verdict): void {
    this.board.judged(gameId, this.catalogue.games[gameId]?.pgn ?? '', verdict);
    this.changes.next();
  }

  private view(): LiveView {
    const clients = [...this.server.clientMap.values()];
    const workers = clients.filter(({ meta }) => meta.role === 'worker');
    return {
      ...this.board.view(),
      workers: workers.map(({ meta }) => String(meta.name)),
      watchers: clients.filter(({ meta }) => meta.role === 'watcher').length,
    };
  }
}
