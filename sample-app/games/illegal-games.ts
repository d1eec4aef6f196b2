/** A game that breaks the rules of chess at a known ply. */
export interface IllegalGame {
  readonly moves: readonly string[];
  readonly ply: number;
}

type Spoiler = (moves: readonly string[]) => IllegalGame;

// Each spoils any legal game of two plies or more, because of what the broken move is.
const SPOILERS: readonly Spoiler[] = [leap, gibberish, repetition, wrongTurn];

/** Makes a legal game illegal, in the n-th of several ways. */
export function spoil(moves: readonly string[], n: number): IllegalGame {
  return SPOILERS[n % SPOILERS.length]!(moves);
}

/** The queen leaps over her own pawns at the very start. */
function leap(moves: readonly string[]): IllegalGame {
  return { moves: ['Qd5', ...moves.slice(1)], ply: 1 };
}

/** In the middle, something that names no square. */
function gibberish(moves: readonly string[]): IllegalGame {
  const middle = Math.floor(moves.length / 2);
  return { moves: moves.with(middle, 'Zz9'), ply: middle + 1 };
}

/** A piece moves twice to the square on which it already stands. */
function repetition(moves: readonly string[]): IllegalGame {
  const quiet = lastQuietMove(moves.slice(0, -1));
  const reply = quiet + 1;
  return { moves: moves.toSpliced(reply + 1, 0, moves[quiet]!), ply: reply + 2 };
}

/** The other side makes the move that was just made, onto a square that is now taken. */
function wrongTurn(moves: readonly string[]): IllegalGame {
  const quiet = lastQuietMove(moves);
  return { moves: moves.toSpliced(quiet + 1, 0, moves[quiet]!), ply: quiet + 2 };
}

// The first move of a game takes nothing and does not castle, so there always is one.
function lastQuietMove(moves: readonly string[]): number {
  return moves.findLastIndex((move) => !move.includes('x') && !move.startsWith('O-O'));
}
