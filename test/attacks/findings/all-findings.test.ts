import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readDocument } from '../../readme/documents.js';

const numbers = Array.from({ length: 27 }, (_, index) => index + 1);

it('Every finding is tried in one file of this folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const tried = files.flatMap((name) => {
    const text = readFileSync(`${import.meta.dirname}/${name}`, 'utf8');
    return [...text.matchAll(/describe\('finding (\d+): /g)].map(([, number]) => Number(number));
  });
  expect([...new Set(tried)].toSorted((a, b) => a - b)).toEqual(numbers);
});

it('KEYS.md says what became of each', () => {
  const rows = readDocument('src/envelope/KEYS.md').table('finding', 'here');
  expect(rows.map(([finding]) => Number.parseInt(finding!, 10))).toEqual(numbers);
});
