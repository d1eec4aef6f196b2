import { Chess } from 'chess.js';
import { describe, expect, it } from '@jest/globals';
import { spoil } from '../../../../sample-app/games/illegal-games.js';
import { OpeningBook } from '../../../../sample-app/openings/opening-book.service.js';

const WAYS = ['leap', 'gibberish', 'repetition', 'wrong turn'];
const EVERY = 25;

const lines = new OpeningBook().openings
  .map(({ moves }) => moves)
  .filter((moves, index) => moves.length >= 2 && index % EVERY === 0);

/** The first ply that chess.js itself refuses, without any of the sample's own code. */
function firstIllegalPly(moves: readonly string[]): number {
  const board = new Chess();
  return 1 + moves.findIndex((move) => !board.moves().includes(move) || !board.move(move));
}

describe('spoiling games', () => {
  it.each(WAYS)('by a %s breaks the rules where it says so', (name) => {
    const way = WAYS.indexOf(name);
    for (const moves of lines) {
      const spoilt = spoil(moves, way);
      expect({ moves, ply: firstIllegalPly(spoilt.moves) }).toEqual({ moves, ply: spoilt.ply });
    }
  });

  it('gives the same game every time and leaves the legal one alone', () => {
    const moves = Object.freeze(['e4', 'e5', 'Nf3', 'Nc6']);
    for (const way of WAYS.keys()) expect(spoil(moves, way)).toEqual(spoil(moves, way));
  });

  it('takes turns with the ways', () => {
    const moves = ['e4', 'e5', 'Nf3', 'Nc6'];
    const spoilt = [...WAYS.keys()].map((way) => spoil(moves, way).moves.join(' '));
    expect(new Set(spoilt).size).toBe(4);
    expect(spoil(moves, 4)).toEqual(spoil(moves, 0));
  });
});
