import { describe, expect, it } from '@jest/globals';
import { LinesView } from '../../../../sample-app/view/lines.view.js';
import { summaryTable } from '../../../../sample-app/view/summary-table.js';

const SUMMARY = {
  games: 2108,
  legalGames: 2014,
  valid: 2014,
  invalid: 94,
  caught: 94,
  seconds: 4,
  connections: 3,
  versions: [2],
  problems: [],
};

describe('the view for pipes', () => {
  it('prints a plain line for every twentieth of the games', () => {
    const lines: string[] = [];
    const view = new LinesView((line) => lines.push(line));
    view.log('hello');
    view.progress(211, 2108);
    view.progress(232, 2108);
    view.progress(317, 2108);
    view.stop();
    expect(lines).toEqual([
      'hello',
      'Judged 211 of 2108 games (10 %)',
      'Judged 317 of 2108 games (15 %)',
    ]);
  });
});

describe('the summary', () => {
  it('shows each figure on a line of its own', () => {
    const figures = summaryTable(SUMMARY)
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    expect(figures.filter(([name]) => name !== '')).toEqual([
      ['games', '2108'],
      ['valid', '2014 of 2014'],
      ['invalid', '94 of 94'],
      ['illegal games caught', '94 of 94'],
      ['seconds', '4.0'],
      ['requests per second', '527'],
      ['connections', '3'],
      ['wire', 'version 2'],
      ['problems', 'none'],
    ]);
  });

  it('names the first problems and counts the others', () => {
    const problems = Array.from({ length: 12 }, (_, index) => `Game ${index} was lost`);
    const table = summaryTable({ ...SUMMARY, problems });
    expect(table).toContain('Game 9 was lost\n');
    expect(table).not.toContain('Game 10 was lost');
    expect(table).toContain('and 2 more');
  });
});
