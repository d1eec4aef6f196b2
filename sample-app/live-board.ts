import type { Verdict } from './games/verdict.js';
import type { LiveGame, LiveView } from './live-view.js';

const ONE_SECOND = 1_000;
const SECONDS_SHOWN = 60;

/** What there is to see of a round: the counts, the game that was judged last, games per second. */
export class LiveBoard {
  private counts = { valid: 0, invalid: 0 };
  private total = 0;
  private game: LiveGame | undefined;
  /** Second by second, since 1970. */
  private readonly judgedIn = new Map<number, number>();

  roundBegan(total: number): void {
    this.counts = { valid: 0, invalid: 0 };
    this.total = total;
  }

  judged(gameId: number, pgn: string, verdict: Verdict): void {
    const second = Math.floor(Date.now() / ONE_SECOND);
    this.judgedIn.set(second, (this.judgedIn.get(second) ?? 0) + 1);
    this.counts[verdict.valid ? 'valid' : 'invalid']++;
    this.game = toLiveGame(gameId, pgn, verdict);
  }

  view(): Omit<LiveView, 'workers' | 'watchers'> {
    const { counts, total, game } = this;
    return {
      ...counts,
      judged: counts.valid + counts.invalid,
      total,
      ...(game && { game }),
      perSecond: this.lastSeconds(),
    };
  }

  private lastSeconds(): number[] {
    const now = Math.floor(Date.now() / ONE_SECOND);
    this.forgetBefore(now - SECONDS_SHOWN);
    return Array.from(
      { length: SECONDS_SHOWN },
      (_, index) => this.judgedIn.get(now - SECONDS_SHOWN + 1 + index) ?? 0,
    );
  }

  private forgetBefore(oldest: number): void {
    for (const second of this.judgedIn.keys()) if (second < oldest) this.judgedIn.delete(second);
  }
}

function toLiveGame(gameId: number, pgn: string, verdict: Verdict): LiveGame {
  return verdict.valid
    ? { gameId, pgn, valid: true, remark: `${verdict.eco} ${verdict.opening}`, fen: verdict.fen }
    : { gameId, pgn, valid: false, remark: verdict.reason };
}
