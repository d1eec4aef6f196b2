import { describe, expect, it } from '@jest/globals';
import { OpeningBook } from '../../../../sample-app/openings/opening-book.service.js';

const book = new OpeningBook();

describe('the opening book', () => {
  it('holds 2,014 openings, each with a code, a name and moves of its own', () => {
    expect(book.openings).toHaveLength(2014);
    const lines = book.openings.map(({ moves }) => moves.join(' '));
    expect(new Set(lines).size).toBe(2014);
    for (const { eco, name, moves } of book.openings) {
      expect(eco).toMatch(/^[A-E]\d\d$/);
      expect(name).not.toBe('');
      expect(moves.length).toBeGreaterThan(0);
    }
  });

  it('finds every opening by its own moves', () => {
    for (const opening of book.openings) expect(book.find(opening.moves)).toBe(opening);
  });

  it('names a longer game by the longest line that begins it', () => {
    const najdorf = ['e4', 'c5', 'Nf3', 'd6', 'd4', 'cxd4', 'Nxd4', 'Nf6', 'Nc3', 'a6'];
    expect(book.find([...najdorf, 'Rg1', 'h6'])).toMatchObject({
      eco: 'B90',
      name: 'Sicilian: Najdorf',
    });
  });

  it('keeps brackets that are part of a name', () => {
    expect(book.find(['e4', 'e5', 'f4', 'exf4', 'Nf3', 'd5'])).toMatchObject({
      eco: 'C36',
      name: 'KGA: Abbazia defence (classical defence, modern defence[!])',
    });
  });

  it('calls what is in no book irregular', () => {
    expect(book.find([])).toMatchObject({ eco: 'A00', name: 'Irregular opening' });
  });
});
