import { describe, expect, it } from '@jest/globals';
import type { Verdict } from '../../../../sample-app/games/verdict.js';
import { Tally } from '../../../../sample-app/hall/tally.js';

const VALID: Verdict = { valid: true, eco: 'B00', opening: 'KP', fen: '', plies: 1 };
const INVALID: Verdict = { valid: false, reason: 'no' };
const GAMES = [
  { gameId: 0, pgn: '1. e4', legal: true },
  { gameId: 1, pgn: '1. Qd5', legal: false },
  { gameId: 2, pgn: '1. d4', legal: true },
];

function tallyOf(...verdicts: [gameId: number, verdict: Verdict][]): Tally {
  const tally = new Tally(GAMES);
  for (const [gameId, verdict] of verdicts) tally.recordVerdict(gameId, verdict);
  return tally;
}

function reported(tally: Tally, valid: number, invalid: number, failed = 0): Tally {
  tally.recordReport('worker 1', { valid, invalid, failed });
  return tally;
}

describe('the tally, which decides whether a run went well', () => {
  it('finds nothing wrong with one right verdict for each game', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID]), 2, 1);
    expect(tally.score()).toEqual({
      games: 3,
      legalGames: 2,
      valid: 2,
      invalid: 1,
      caught: 1,
      problems: [],
    });
  });

  it('adds up the reports of several workers', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID]), 1, 1);
    expect(reported(tally, 1, 0).score().problems).toEqual([]);
  });

  it('misses a game without a verdict', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID]), 1, 1);
    expect(tally.score()).toMatchObject({ valid: 1, problems: ['Game 2 was lost: 1. d4'] });
  });

  it('notices a game that was judged twice', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID], [2, VALID]), 3, 1);
    expect(tally.score().problems).toEqual(['Game 2 was judged 2 times: 1. d4']);
  });

  it('notices a legal game that was judged invalid', () => {
    const tally = reported(tallyOf([0, INVALID], [1, INVALID], [2, VALID]), 1, 2);
    expect(tally.score().problems).toEqual(['Game 0 is legal and was misjudged: 1. e4']);
  });

  it('notices an illegal game that was judged valid', () => {
    const tally = reported(tallyOf([0, VALID], [1, VALID], [2, VALID]), 3, 0);
    expect(tally.score()).toMatchObject({
      caught: 0,
      problems: ['Game 1 is illegal and was misjudged: 1. Qd5'],
    });
  });

  it('notices a verdict on a game that nobody was dealt', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID], [9, VALID]), 3, 1);
    expect(tally.score().problems).toEqual(['A verdict was given on game 9, which is not there']);
  });

  it('notices verdicts that never reached a worker', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID]), 1, 1, 1);
    expect(tally.score().problems).toEqual([
      'worker 1 got no verdict for 1 games',
      'The server judged 2 games valid, and the workers heard so of 1',
    ]);
  });

  it('keeps what it is told by others', () => {
    const tally = reported(tallyOf([0, VALID], [1, INVALID], [2, VALID]), 2, 1);
    tally.complain('worker 2 went away');
    expect(tally.score().problems).toEqual(['worker 2 went away']);
  });
});
