import { describe, expect, it } from '@jest/globals';
import { Judge } from '../../../../sample-app/games/judge.service.js';
import { OpeningBook } from '../../../../sample-app/openings/opening-book.service.js';

const judge = new Judge(new OpeningBook());

describe('the judge', () => {
  it('answers a legal game with its opening, last position and number of plies', () => {
    expect(judge.judge('1. e4 e5 2. Nf3 Nc6 3. Bb5 *')).toEqual({
      valid: true,
      eco: 'C60',
      opening: 'Ruy Lopez (Spanish opening)',
      fen: 'r1bqkbnr/pppp1ppp/2n5/1B2p3/4P3/5N2/PPPP1PPP/RNBQK2R b KQkq - 3 3',
      plies: 5,
    });
  });

  it.each([
    ['a move that the piece cannot make', '1. e4 e5 2. Bd5', '"Bd5"', 'White', 3],
    ['a move into an own piece', '1. e4 e5 2. Qd2', '"Qd2"', 'White', 3],
    ['castling through pieces', '1. O-O', '"O-O"', 'White', 1],
    ['something that is no move at all', '1. e4 castle', '"castle"', 'Black', 2],
    ['a whole novel', '1. e4 Callmeishmael', '"Callmeish…"', 'Black', 2],
    ['passing', '1. e4 -- 2. d4', '"--"', 'Black', 2],
    ['an ambiguous move', '1. Nf3 Nf6 2. d3 d6 3. Nd2', '"Nd2"', 'White', 5],
    ['leaving the king in check', '1. e4 f6 2. Qh5+ a6', '"a6"', 'Black', 4],
  ])('names %s, who made it, and its ply', (_, pgn, move, player, ply) => {
    expect(judge.judge(pgn)).toEqual({
      valid: false,
      reason: `${move} is not a legal move for ${player} at ply ${ply}`,
    });
  });

  it.each(['', '*', '[Event "nothing"]\n\n1-0'])('finds no game in %j', (pgn) => {
    expect(judge.judge(pgn)).toEqual({
      valid: false,
      reason: 'There are no moves in this game',
    });
  });
});
