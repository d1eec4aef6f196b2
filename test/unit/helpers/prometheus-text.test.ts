import { describe, expect, it } from '@jest/globals';
import { readPrometheusText } from '../../helpers/prometheus-text.js';
import { isSelected, selectorsOf } from '../../helpers/promql.js';

describe("Prometheus's text format is read", () => {
  it('with its types, labels and values', () => {
    const { samples, types } = readPrometheusText(
      [
        '# HELP calls_total Calls',
        '# TYPE calls_total counter',
        'calls_total 3',
        'calls_total{a="x, y} z",b="\\"\\\\\\n"} 1.5e3',
        'time_bucket{le="+Inf"} +Inf',
        '',
      ].join('\n'),
    );
    expect(samples).toEqual([
      { name: 'calls_total', labels: {}, value: 3 },
      { name: 'calls_total', labels: { a: 'x, y} z', b: '"\\\n' }, value: 1_500 },
      { name: 'time_bucket', labels: { le: '+Inf' }, value: Infinity },
    ]);
    expect([...types]).toEqual([['calls_total', 'counter']]);
  });

  it.each([
    'calls_total\n',
    'calls_total x\n',
    'calls_total \n',
    '1calls 1\n',
    'calls_total{a="x} 1\n',
    'calls_total{a="x",a="y"} 1\n',
    'calls_total{a="x"b="y"} 1\n',
    'calls_total{a="\\x"} 1\n',
    'calls_total 1',
  ])('and nothing else: %j', (text) => {
    expect(() => readPrometheusText(text)).toThrow();
  });
});

describe('An expression for Prometheus', () => {
  it('says which series it asks for, and by what they are added up', () => {
    const expression =
      'histogram_quantile(0.95, sum by (le, b) (rate(x_bucket{a="1"}[1m]))) / sum(y)';
    expect(selectorsOf(expression)).toEqual([
      { name: 'x_bucket', matchers: { a: '1' }, groupedBy: ['le', 'b'] },
      { name: 'y', matchers: {}, groupedBy: [] },
    ]);
  });

  it('matches names and labels', () => {
    const [selector] = selectorsOf('x{a="1"}');
    const sample = { name: 'x', labels: { a: '1', b: '2' }, value: 0 };
    expect(isSelected(selector!, sample)).toBe(true);
    expect(isSelected(selector!, { ...sample, name: 'y' })).toBe(false);
    expect(isSelected(selector!, { ...sample, labels: { a: '2' } })).toBe(false);
  });

  it.each(['sum by (a (x)', 'rate(x[1m)', 'x{a=~"1"}'])(
    'that is not understood is refused: %s',
    (it) => {
      expect(() => selectorsOf(it)).toThrow();
    },
  );
});
