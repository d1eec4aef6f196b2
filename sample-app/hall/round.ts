import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';
import type { CatalogueGame } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import type { Progress, Summary } from '../messages.js';
import type { ReportDto } from './report.dto.js';
import { Tally } from './tally.js';

/** All games once, by the workers who were there when it began. */
export class Round {
  private readonly tally: Tally;
  private readonly awaited: Set<string>;
  private readonly startedAt = performance.now();
  private readonly progress: BehaviorSubject<Progress>;

  constructor(
    private readonly games: readonly CatalogueGame[],
    workers: readonly string[],
  ) {
    this.tally = new Tally(games);
    this.awaited = new Set(workers);
    this.progress = new BehaviorSubject<Progress>({ judged: 0, total: games.length });
  }

  /** One item per percent, and at the end one with the summary. */
  get progress$(): Observable<Progress> {
    return this.progress.pipe(
      distinctUntilChanged(
        (previous, next) => !next.summary && percent(previous) === percent(next),
      ),
    );
  }

  /** Everybody has reported, or gone. */
  get isOver(): boolean {
    return this.awaited.size === 0;
  }

  recordVerdict(gameId: number, verdict: Verdict): void {
    this.tally.recordVerdict(gameId, verdict);
    this.progress.next({ judged: this.tally.judged, total: this.games.length });
  }

  /** @returns whether a report of this worker was awaited */
  report(worker: string, report: ReportDto): boolean {
    const wasAwaited = this.awaited.delete(worker);
    if (wasAwaited) this.tally.recordReport(worker, report);
    return wasAwaited;
  }

  /** @returns whether the worker went without a report */
  leave(worker: string): boolean {
    const wasAwaited = this.awaited.delete(worker);
    if (wasAwaited) this.tally.complain(`${worker} went away without a report`);
    return wasAwaited;
  }

  /** Ends the progress with the summary. */
  close(connections: number, versions: readonly number[]): Summary {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const summary = { ...this.tally.score(), seconds, connections, versions };
    this.progress.next({ judged: this.tally.judged, total: this.games.length, summary });
    this.progress.complete();
    return summary;
  }
}

function percent({ judged, total }: Progress): number {
  return Math.floor((100 * judged) / total);
}
