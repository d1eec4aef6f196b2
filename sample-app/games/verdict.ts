/** What the hall says about a game: the answer to `validateGame`. */
export type Verdict = ValidGame | InvalidGame;

export interface ValidGame {
  readonly valid: true;
  readonly eco: string;
  readonly opening: string;
  /** The position after the last move. */
  readonly fen: string;
  /** How many moves were made, counting White's and Black's one by one. */
  readonly plies: number;
}

export interface InvalidGame {
  readonly valid: false;
  readonly reason: string;
}
