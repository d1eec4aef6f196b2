import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { OptionReader } from '../options/option-reader.js';

/** Options of `openTelemetry()`. Each may be left out. */
export interface OpenTelemetryOptions {
  /**
   * Whether a server's figures are given to OpenTelemetry.
   * @default true
   */
  metrics?: boolean;
  /**
   * Whether there is a span for each request and each ask, and its context travels with it. Each span
   * costs some microseconds also where no SDK records it, so turn it off where nobody wants traces.
   * @default true
   */
  traces?: boolean;
  /**
   * Of so many calls of a handler one is timed for `rpc.server.call.duration`, the first among them; all
   * of them are counted. 1 times each.
   * @default 8
   */
  timedOneIn?: number;
  /**
   * What becomes of the trace that an authenticated client names: its spans and those of the server are
   * one trace (`continue`), which lets clients decide what is recorded; or each request begins a trace
   * with a link to it (`link`), or without (`ignore`).
   * @default 'continue'
   */
  clientTraces?: 'continue' | 'link' | 'ignore';
  /** @default the global one of `@opentelemetry/api`, as of the start of the server */
  meterProvider?: MeterProvider | undefined;
  /** @default the global one of `@opentelemetry/api` */
  tracerProvider?: TracerProvider | undefined;
}

type Provider = 'meterProvider' | 'tracerProvider';

/** The options in force. */
export type ResolvedTelemetryOptions = Required<Omit<OpenTelemetryOptions, Provider>> &
  Pick<OpenTelemetryOptions, Provider>;

const OPTION_NAMES = [
  'metrics',
  'traces',
  'timedOneIn',
  'clientTraces',
  'meterProvider',
  'tracerProvider',
] as const satisfies readonly (keyof OpenTelemetryOptions)[];

/** @throws SocketsError `INVALID_OPTION` */
export function resolveTelemetryOptions(options: OpenTelemetryOptions): ResolvedTelemetryOptions {
  const read = new OptionReader('openTelemetry', options);
  read.assertKnown(OPTION_NAMES);
  return {
    metrics: read.boolean('metrics', true),
    traces: read.boolean('traces', true),
    timedOneIn: read.number('timedOneIn', 8, { min: 1 }),
    clientTraces: read.oneOf('clientTraces', 'continue', ['continue', 'link', 'ignore']),
    meterProvider: read.matching('meterProvider', undefined, has('getMeter'), 'a MeterProvider'),
    tracerProvider: read.matching(
      'tracerProvider',
      undefined,
      has('getTracer'),
      'a TracerProvider',
    ),
  };
}

function has(method: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null)?.[method] === 'function';
}
