import { Injectable } from '@nestjs/common';
import { asyncScheduler, interval, map, merge, startWith, Subject, tap, throttleTime } from 'rxjs';
import type { Observable } from 'rxjs';
import { SocketServer } from '../../src/index.js';
import { GameCatalogue } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import type { LiveGame, LiveView } from '../live-view.js';

const MILLISECONDS_BETWEEN_VIEWS = 100;
const ONE_SECOND = 1_000;
const SECONDS_SHOWN = 60;

/** What goes on in the hall right now, for those who watch. */
@Injectable()
export class LiveHall {
  private readonly changes = new Subject<void>();
  private counts = { valid: 0, invalid: 0 };
  private total = 0;
  private game: LiveGame | undefined;
  /** Second by second, since 1970. */
  private readonly judgedIn = new Map<number, number>();

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
    return merge(changes, interval(ONE_SECOND).pipe(tap(() => this.forgetOld()))).pipe(
      startWith(undefined),
      map(() => this.view()),
    );
  }

  roundBegan(total: number): void {
    this.counts = { valid: 0, invalid: 0 };
    this.total = total;
    this.changes.next();
  }

  judged(gameId: number, verdict: Verdict): void {
    const second = Math.floor(Date.now() / ONE_SECOND);
    this.judgedIn.set(second, (this.judgedIn.get(second) ?? 0) + 1);
    this.counts[verdict.valid ? 'valid' : 'invalid']++;
    this.game = toLiveGame(gameId, this.catalogue.games[gameId]?.pgn ?? '', verdict);
    this.changes.next();
  }

  private view(): LiveView {
    const { counts, total, game } = this;
    const clients = [...this.server.clientMap.values()];
    const workers = clients.filter(({ meta }) => meta.role === 'worker');
    return {
      ...counts,
      judged: counts.valid + counts.invalid,
      total,
      ...(game && { game }),
      workers: workers.map(({ meta }) => String(meta.name)),
      watchers: clients.filter(({ meta }) => meta.role === 'watcher').length,
      perSecond: this.lastSeconds(),
    };
  }

  private lastSeconds(): number[] {
    const now = Math.floor(Date.now() / ONE_SECOND);
    return Array.from(
      { length: SECONDS_SHOWN },
      (_, index) => this.judgedIn.get(now - SECONDS_SHOWN + 1 + index) ?? 0,
    );
  }

  private forgetOld(): void {
    const oldest = Math.floor(Date.now() / ONE_SECOND) - SECONDS_SHOWN;
    for (const second of this.judgedIn.keys()) if (second < oldest) this.judgedIn.delete(second);
  }
}

function toLiveGame(gameId: number, pgn: string, verdict: Verdict): LiveGame {
  return verdict.valid
    ? { gameId, pgn, valid: true, remark: `${verdict.eco} ${verdict.opening}`, fen: verdict.fen }
    : { gameId, pgn, valid: false, remark: verdict.reason };
}
