import { describe, expect, it } from '@jest/globals';
import { formatTraceParent, readTraceParent } from '../../../src/protocol/trace-parent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('A W3C traceparent (R4.10)', () => {
  it('is read part by part, and written alike', () => {
    const parent = { traceId: TRACE, spanId: SPAN, flags: 1 };
    expect(readTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual(parent);
    expect(formatTraceParent(parent)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it('of a version to come may have more behind its flags', () => {
    expect(readTraceParent(`cc-${TRACE}-${SPAN}-01-more`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    undefined,
    null,
    1,
    {},
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01\n`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01-${'a'.repeat(9)}`,
  ])('is not %j', (text) => {
    expect(readTraceParent(text)).toBeUndefined();
  });
});
