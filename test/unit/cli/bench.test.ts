import { describe, expect, it } from '@jest/globals';
import { reportText, type BenchReport } from '../../../src/cli/bench/bench.report.js';
import { Latencies } from '../../../src/cli/bench/latencies.js';

describe('Latencies', () => {
  it('are right within 1 %', () => {
    const latencies = new Latencies();
    for (let value = 1; value <= 1_000; value++) latencies.add(value / 10);
    for (const percent of [1, 50, 95, 99]) {
      expect(Math.abs(latencies.percentile(percent) / percent - 1)).toBeLessThan(0.0101);
    }
    expect(latencies.percentile(100)).toBe(100);
    expect(latencies.max).toBe(100);
  });

  it('are 0 without replies, and never more than the longest', () => {
    const latencies = new Latencies();
    expect(latencies.percentile(99)).toBe(0);
    latencies.add(0);
    expect(latencies.percentile(99)).toBe(0);
    latencies.add(5);
    expect(latencies.percentile(99)).toBeLessThanOrEqual(5);
  });
});

const report: BenchReport = {
  url: 'ws://localhost:2667',
  request: 'echo',
  connections: 2,
  inFlight: 4,
  seconds: 10,
  replies: 123_456,
  requestsPerSecond: 12_345.6,
  latency: { p50: 0.5, p95: 1.25, p99: 2, max: 9 },
  errors: {},
  cpuPercent: 40,
};

describe('The report of a bench', () => {
  const plain = (_colour: string, text: string) => text;

  it('is short and clear', () => {
    expect(reportText(report, plain)).toBe(
      [
        'echo at ws://localhost:2667',
        '  connections 2, in flight 4 each, for 10 s',
        '  12,346 requests/s, 123,456 replies',
        '  latency p50 0.5 ms, p95 1.25 ms, p99 2 ms, max 9 ms',
        '  no errors',
        '',
      ].join('\n'),
    );
  });

  it('says when this process was too busy to measure more, and counts errors by code', () => {
    const text = reportText({ ...report, cpuPercent: 99, errors: { BUSY: 1_234 } }, plain);
    expect(text).toContain('\n    BUSY 1,234\n');
    expect(text).toContain('This process used 99 % of a core');
  });
});
