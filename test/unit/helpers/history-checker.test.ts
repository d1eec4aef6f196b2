import { describe, expect, it } from '@jest/globals';
import {
  HistoryChecker,
  PLANTS,
  plantable,
  type Acknowledged,
  type Observation,
} from '../../attacks/support/history-checker.js';

const ROOM = 'table';
const acknowledged: Acknowledged[] = Array.from({ length: 8 }, (_, index) => ({
  room: ROOM,
  value: `m${index + 1}`,
  epoch: 'e',
  offset: index + 1,
}));

const entered = (offset: number, recovered = false, epoch = 'e'): Observation => ({
  kind: 'entered',
  recovered,
  epoch,
  offset,
});
const messages = (from: number, to: number): Observation[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    kind: 'message',
    value: `m${from + index}`,
  }));

function faultsOf(
  observations: readonly Observation[],
  { isComplete = true, published = acknowledged } = {},
): string[] {
  const checker = new HistoryChecker(published);
  checker.check({ member: 'one', room: ROOM, observations }, isComplete);
  return checker.faults;
}

describe('HistoryChecker', () => {
  it('finds nothing where everything came once and in order', () => {
    expect(faultsOf([entered(0), ...messages(1, 8)])).toEqual([]);
    expect(faultsOf([entered(3), ...messages(4, 8)])).toEqual([]);
    expect(faultsOf([entered(0), ...messages(1, 8), entered(8, true)])).toEqual([]);
  });

  it('takes a gap that was declared, and none that was not', () => {
    expect(faultsOf([entered(0), ...messages(1, 2), entered(6), ...messages(7, 8)])).toEqual([]);
    expect(faultsOf([entered(0), ...messages(1, 2), entered(6, true), ...messages(7, 8)])).toEqual(
      [3, 4, 5, 6].map((lost) => `one in table: m${lost} (${lost}) is lost`),
    );
  });

  it('misses what should have come in the end, of members that were there', () => {
    expect(faultsOf([entered(0), ...messages(1, 6)])).toHaveLength(2);
    expect(faultsOf([entered(0), ...messages(1, 6)], { isComplete: false })).toEqual([]);
  });

  it('asks of what was not acknowledged only that it comes once', () => {
    const published = acknowledged.filter(({ value }) => value !== 'm4');
    expect(faultsOf([entered(0), ...messages(1, 8)], { published })).toEqual([]);
    const without = [entered(0), ...messages(1, 3), ...messages(5, 8)];
    expect(faultsOf(without, { published })).toEqual([]);
    expect(
      faultsOf([entered(0), ...messages(1, 4), ...messages(4, 8)], { published }),
    ).toHaveLength(1);
  });

  it('finds messages of a new epoch without a declared gap', () => {
    const published = [...acknowledged, { room: ROOM, value: 'n1', epoch: 'f', offset: 1 }];
    const next: Observation = { kind: 'message', value: 'n1' };
    expect(faultsOf([entered(0), ...messages(1, 8), next], { published })).toHaveLength(1);
    expect(
      faultsOf([entered(0), ...messages(1, 8), entered(0, false, 'f'), next], { published }),
    ).toEqual([]);
    expect(
      faultsOf([entered(0), ...messages(1, 8), entered(0, true, 'f'), next], { published }),
    ).toHaveLength(1);
  });

  it('finds two publishes at one offset', () => {
    const twice = { room: ROOM, value: 'x', epoch: 'e', offset: 3 };
    expect(new HistoryChecker([...acknowledged, twice]).faults).toHaveLength(1);
  });

  it.each(['drop', 'duplicate', 'swap'] as const)('finds a planted %s, wherever it is', (kind) => {
    const observations = [entered(0), ...messages(1, 8)];
    const places = plantable(observations, new Set(acknowledged.map(({ value }) => value)));
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) {
      expect(faultsOf(PLANTS[kind](observations, place))).not.toEqual([]);
    }
  });
});
