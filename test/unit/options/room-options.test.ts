import { describe, expect, it } from '@jest/globals';
import { RoomRules, type RoomsOptions } from '../../../src/options/room-options.js';

describe('RoomRules', () => {
  it('gives a room the options of the first pattern that matches, or none', () => {
    const rules = new RoomRules({
      'table:final': { history: 500 },
      'table:*': { history: 200, presence: true },
      '*': { presence: true },
    });
    expect(rules.optionsOf('table:final')).toMatchObject({ history: 500, presence: false });
    expect(rules.optionsOf('table:7')).toMatchObject({
      history: 200,
      ttl: 300_000,
      presence: true,
    });
    expect(rules.optionsOf('lobby')).toMatchObject({ history: 0, presence: true });
    expect(new RoomRules().optionsOf('lobby')).toMatchObject({ history: 0, presence: false });
  });

  it.each<[string, object]>([
    ['has a "\\*" elsewhere', { 'a*b': {} }],
    ['is no object', { a: 5 }],
    ['has no option "histroy"', { a: { histroy: 5 } }],
    ['needs a "history"', { a: { history: -1 } }],
    ['needs a "history"', { a: { history: 100_001 } }],
    ['needs a "ttl"', { a: { ttl: 0 } }],
    ['needs true, false or a function', { a: { presence: 'yes' } }],
    ['no "history" to go with it', { a: { onJoin: () => 1 } }],
    ['is no function', { a: { history: 1, onJoin: 'x' } }],
  ])('refuses what %s, and says of which room', (what, options) => {
    expect(() => new RoomRules(options as RoomsOptions)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(`${what}.*Expected for example`) as unknown,
      }),
    );
  });
});
