import { describe, expect, it } from '@jest/globals';
import { formatMoves, parseMoves } from '../../../../sample-app/games/movetext.js';

describe('movetext', () => {
  it('is read without tags, comments, numbers, glyphs and result', () => {
    const pgn = '[Event "a [b] c"]\n\n1. e4 {best by\ntest} e5 $1 2.Nf3 2... Nc6 1/2-1/2';
    expect(parseMoves(pgn)).toEqual(['e4', 'e5', 'Nf3', 'Nc6']);
  });

  it('is read across line breaks', () => {
    expect(parseMoves('1. d4 d5 2. \nc4 *')).toEqual(['d4', 'd5', 'c4']);
  });

  it('is written with a number before each of the moves of White', () => {
    expect(formatMoves(['e4', 'e5', 'Nf3'])).toBe('1. e4 e5 2. Nf3 *');
  });

  it('is the same after writing and reading', () => {
    const moves = ['c4', 'e5', 'Nc3', 'Nf6', 'g3'];
    expect(parseMoves(formatMoves(moves))).toEqual(moves);
  });
});
