import type { Paint } from '../common/paint.js';
import { plainText } from '../common/shown-text.js';
import type { BenchPlan } from './bench.plan.js';
import type { Load } from './load.js';

/** What was measured. */
export interface BenchReport {
  readonly url: string;
  readonly request: string;
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
  readonly replies: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly latency: { p50: number; p95: number; p99: number; max: number };
  readonly errors: Readonly<Record<string, number>>;
  /** Of the measuring process: 100 is one core. */
  readonly cpuPercent: number;
}

export function reportOf(plan: BenchPlan, load: Load, cpu: NodeJS.CpuUsage): BenchReport {
  const { seconds, latencies, replies, errors } = load;
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  return {
    url: plan.address,
    request: plan.request,
    connections: plan.connections,
    inFlight: plan.inFlight,
    seconds: rounded(seconds),
    replies,
    requestsPerSecond: rounded(replies / seconds),
    latency: {
      p50: rounded(latencies.percentile(50)),
      p95: rounded(latencies.percentile(95)),
      p99: rounded(latencies.percentile(99)),
      max: rounded(latencies.max),
    },
    errors: Object.fromEntries(errors),
    cpuPercent: Math.round((100 * cpuSeconds) / seconds),
  };
}

// From here on more connections or processes would measure more than this process can.
const BUSY = 85;

export function reportText(report: BenchReport, paint: Paint): string {
  const { connections, inFlight, seconds, latency, errors, replies } = report;
  const failed = Object.entries(errors).map(
    ([code, count]) => `    ${paint('red', `${plainText(code)} ${counted(count)}`)}`,
  );
  const lines = [
    `${paint('bold', plainText(report.request))} at ${plainText(report.url)}`,
    `  connections ${connections}, in flight ${inFlight} each, for ${seconds} s`,
    `  ${paint('bold', counted(Math.round(report.requestsPerSecond)))} requests/s, ${counted(replies)} replies`,
    `  latency p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms, max ${latency.max} ms`,
    ...(failed.length > 0 ? ['  errors by code:', ...failed] : [paint('green', '  no errors')]),
  ];
  if (report.cpuPercent >= BUSY) lines.push(paint('yellow', busy(report.cpuPercent)));
  return `${lines.join('\n')}\n`;
}

function busy(percent: number): string {
  return `  This process used ${percent} % of a core: the figures are its own limit, and the server's may be higher.`;
}

function counted(value: number): string {
  return value.toLocaleString('en-US');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
