import { readCommandLine, jsonFlag, wholeNumber } from '../common/command-line.js';
import {
  CONNECTION_FLAGS,
  readConnectionFlags,
  type ConnectionFlags,
} from '../common/connection-flags.js';
import { UsageError } from '../common/usage.error.js';

/** Its own, and those of every command that connects. */
export const BENCH_FLAGS = {
  ...CONNECTION_FLAGS,
  connections: { type: 'string' },
  'in-flight': { type: 'string' },
  seconds: { type: 'string' },
  request: { type: 'string' },
  data: { type: 'string' },
} as const;

/** What is measured. */
export interface BenchPlan extends ConnectionFlags {
  readonly connections: number;
  /** Requests that each connection has open at a time. */
  readonly inFlight: number;
  readonly seconds: number;
  readonly request: string;
  readonly data: unknown;
}

export const DEFAULT_PLAN = { connections: 10, inFlight: 1, seconds: 10, timeout: 30_000 };

/** @throws UsageError */
export function readPlan(words: readonly string[]): BenchPlan {
  const line = readCommandLine(words, BENCH_FLAGS);
  const request = line.flags.get('request');
  if (request === undefined) throw new UsageError('Say what to ask for: --request NAME');
  const { connections, inFlight, seconds, timeout } = DEFAULT_PLAN;
  return {
    ...readConnectionFlags(line, timeout),
    connections: wholeNumber(line, 'connections', connections),
    inFlight: wholeNumber(line, 'in-flight', inFlight),
    seconds: wholeNumber(line, 'seconds', seconds),
    request: String(request),
    data: jsonFlag(line, 'data'),
  };
}
