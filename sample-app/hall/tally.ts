import type { CatalogueGame } from '../games/game-catalogue.service.js';
import type { Verdict } from '../games/verdict.js';
import type { Summary } from '../messages.js';
import type { ReportDto } from './report.dto.js';

type Score = Pick<Summary, 'games' | 'legalGames' | 'valid' | 'invalid' | 'caught' | 'problems'>;

/** Who got which verdict, what the workers say about it, and what is wrong with that. */
export class Tally {
  private readonly verdicts = new Map<number, boolean[]>();
  private readonly reported = { valid: 0, invalid: 0 };
  private readonly complaints: string[] = [];

  constructor(private readonly games: readonly CatalogueGame[]) {}

  /** How many games have a verdict. */
  get judged(): number {
    return this.verdicts.size;
  }

  recordVerdict(gameId: number, { valid }: Verdict): void {
    this.verdicts.set(gameId, [...this.verdictsOf(gameId), valid]);
  }

  recordReport(worker: string, { valid, invalid, failed }: ReportDto): void {
    this.reported.valid += valid;
    this.reported.invalid += invalid;
    if (failed > 0) this.complain(`${worker} got no verdict for ${failed} games`);
  }

  complain(problem: string): void {
    this.complaints.push(problem);
  }

  score(): Score {
    const given = this.games.flatMap(({ gameId }) => this.verdictsOf(gameId));
    const valid = given.filter(Boolean).length;
    return {
      games: this.games.length,
      legalGames: this.games.filter(({ legal }) => legal).length,
      valid,
      invalid: given.length - valid,
      caught: this.games.filter((game) => !game.legal && this.wasJudged(game, false)).length,
      problems: this.problems(),
    };
  }

  private problems(): string[] {
    const verdicts = [...this.verdicts.values()].flat();
    const valid = verdicts.filter(Boolean).length;
    return [
      ...this.complaints,
      ...this.games.flatMap((game) => this.problemsOf(game)),
      ...this.strangers(),
      ...disagreement('valid', valid, this.reported.valid),
      ...disagreement('invalid', verdicts.length - valid, this.reported.invalid),
    ];
  }

  private problemsOf(game: CatalogueGame): string[] {
    const { gameId, legal, pgn } = game;
    const { length } = this.verdictsOf(gameId);
    if (length === 0) return [`Game ${gameId} was lost: ${pgn}`];
    if (length > 1) return [`Game ${gameId} was judged ${length} times: ${pgn}`];
    if (this.wasJudged(game, legal)) return [];
    return [`Game ${gameId} is ${legal ? 'legal' : 'illegal'} and was misjudged: ${pgn}`];
  }

  private strangers(): string[] {
    const known = new Set(this.games.map(({ gameId }) => gameId));
    const unknown = [...this.verdicts.keys()].filter((gameId) => !known.has(gameId));
    return unknown.map((gameId) => `A verdict was given on game ${gameId}, which is not there`);
  }

  private wasJudged({ gameId }: CatalogueGame, valid: boolean): boolean {
    return this.verdictsOf(gameId).includes(valid);
  }

  private verdictsOf(gameId: number): readonly boolean[] {
    return this.verdicts.get(gameId) ?? [];
  }
}

function disagreement(kind: string, given: number, received: number): string[] {
  if (given === received) return [];
  return [`The server judged ${given} games ${kind}, and the workers heard so of ${received}`];
}
