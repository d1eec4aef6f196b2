import { describe, expect, it } from '@jest/globals';
import { BoundedLog } from '../../../src/logging/bounded-log.js';
import { messageOf, oneLine, traceOf } from '../../../src/logging/log-text.js';
import { HOSTILE_VALUES } from '../../fixtures/hostile-values.js';

describe('the log', () => {
  it.each(Object.entries(HOSTILE_VALUES))('can describe %s in bounded lines', (_name, make) => {
    const value = make();

    expect(messageOf(value).length).toBeLessThan(8_000);
    expect(traceOf(value).length).toBeLessThan(16_000);
    expect(messageOf(value)).not.toMatch(/\p{Cc}|\u2028/u);
  });

  it('shows the name, message and frames of an error', () => {
    expect(traceOf(new TypeError('no such game'))).toMatch(/^TypeError: no such game\n {4}at /);
    expect(messageOf(new TypeError('no such game'))).toBe('no such game');
  });

  it('shows the frames of a class that names itself after it was made', () => {
    class GameError extends Error {
      override readonly name = 'GameError';
    }

    expect(traceOf(new GameError('over'))).toMatch(/^GameError: over\n {4}at /);
  });

  it('keeps on one line what a stack says before its frames, once the message is another one', () => {
    const error = new Error('first\n    at forged (line:1)');
    // Node makes the stack of an error when it is first asked for.
    expect(error.stack).toContain('first');
    error.message = 'second';

    expect(traceOf(error)).toMatch(/^Error: second Error: first\\u000a {4}at forged/);
    expect(traceOf(error)).not.toContain('\n');
  });

  it('shows why', () => {
    const error = new Error('not sent', { cause: new TypeError('it holds a cycle') });
    expect(traceOf(error)).toMatch(/^Error: not sent \(cause: it holds a cycle\)\n {4}at /);
  });

  it('shows what is no error as it is', () => {
    expect(traceOf({ code: 5 })).toBe('threw { code: 5 }');
    expect(messageOf(undefined)).toBe('undefined');
  });

  it('says how long a text was that it shortens', () => {
    expect(oneLine('x'.repeat(5_000))).toMatch(/^x{1024}… \(5000 characters\)$/);
  });

  it('goes on when the logger of the application throws', () => {
    const log = new BoundedLog(() => {
      throw new Error('the disk is full');
    });

    expect(() => log.log('subject', () => 'line')).not.toThrow();
  });
});
