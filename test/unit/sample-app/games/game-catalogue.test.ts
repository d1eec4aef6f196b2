import { describe, expect, it } from '@jest/globals';
import { GameCatalogue } from '../../../../sample-app/games/game-catalogue.service.js';
import { Judge } from '../../../../sample-app/games/judge.service.js';
import { OpeningBook } from '../../../../sample-app/openings/opening-book.service.js';

const book = new OpeningBook();
const { games } = new GameCatalogue(book);

describe('the catalogue of games', () => {
  it('holds every line of the book and about one illegal game for twenty of them', () => {
    const legal = games.filter((game) => game.legal);
    expect(legal).toHaveLength(2014);
    expect(games.length - legal.length).toBe(94);
  });

  it('numbers the games from 0', () => {
    expect(games.map(({ gameId }) => gameId)).toEqual([...games.keys()]);
  });

  it('spreads the illegal games over all workers, however the games are dealt', () => {
    const illegal = games.filter((game) => !game.legal).map(({ gameId }) => gameId);
    const largestGap = Math.max(...illegal.map((id, index) => id - (illegal[index - 1] ?? 0)));
    expect(largestGap).toBeLessThan(30);
    expect(new Set(illegal.map((id) => id % 2)).size).toBe(2);
  });

  it('is judged as it was made: every illegal game is illegal, and invalid for a stated move', () => {
    const judge = new Judge(book);
    for (const { pgn } of games.filter((game) => !game.legal)) {
      expect(judge.judge(pgn)).toEqual({
        valid: false,
        reason: expect.stringMatching(/^"\S+" is not a legal move for (White|Black) at ply \d+$/),
      });
    }
  });
});
