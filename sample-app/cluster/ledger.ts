import type { Heard } from '../cluster-messages.js';
import type { CatalogueGame } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import { Tally } from '../hall/tally.js';

/**
 * What the nodes judged, and what the workers heard. A game that was handed out again may be judged
 * and heard again; it counts once, and must be judged the same.
 */
export class Ledger {
  private readonly tally: Tally;
  private readonly verdicts = new Map<number, boolean>();
  private readonly heard = new Set<number>();
  private readonly failed = new Set<number>();

  constructor(private readonly games: readonly CatalogueGame[]) {
    this.tally = new Tally(games);
  }

  get judged(): number {
    return this.verdicts.size;
  }

  /** Every game was judged, and every verdict reached a worker. */
  get isComplete(): boolean {
    if (this.heard.size < this.games.length) return false;
    return this.games.every(({ gameId }) => this.verdicts.has(gameId) || this.failed.has(gameId));
  }

  /** @returns whether it is the first verdict on the game */
  record(gameId: number, verdict: Verdict): boolean {
    const known = this.verdicts.get(gameId);
    if (known === undefined) {
      this.verdicts.set(gameId, verdict.valid);
      this.tally.recordVerdict(gameId, verdict);
    } else if (known !== verdict.valid) this.complain(`The nodes disagree about game ${gameId}`);
    return known === undefined;
  }

  hear(worker: string, { valid, invalid, failed }: Heard): void {
    for (const gameId of failed) this.failed.add(gameId);
    const report = {
      valid: this.firstHeard(valid),
      invalid: this.firstHeard(invalid),
      failed: this.firstHeard(failed),
    };
    this.tally.recordReport(worker, report);
  }

  wasHeard(gameId: number): boolean {
    return this.heard.has(gameId);
  }

  complain(problem: string): void {
    this.tally.complain(problem);
  }

  score(): ReturnType<Tally['score']> {
    return this.tally.score();
  }

  private firstHeard(gameIds: readonly number[]): number {
    const fresh = gameIds.filter((gameId) => !this.heard.has(gameId));
    for (const gameId of fresh) this.heard.add(gameId);
    return fresh.length;
  }
}
