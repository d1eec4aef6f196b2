import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const FINDINGS = 27;

it('Every finding is tried in one file of this folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const tried = files.flatMap((name) => {
    const text = readFileSync(`${import.meta.dirname}/${name}`, 'utf8');
    return [...text.matchAll(/describe\('finding (\d+): /g)].map(([, number]) => Number(number));
  });
  const numbers = Array.from({ length: FINDINGS }, (_, index) => index + 1);
  expect([...new Set(tried)].toSorted((a, b) => a - b)).toEqual(numbers);
});
