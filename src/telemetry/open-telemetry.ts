import { metrics, trace, type Histogram } from '@opentelemetry/api';
import type { FanOut, Handling, ServerFigures, ServerTelemetry } from '../contract/telemetry.js';
import { HandlerMetrics } from './handler-metrics.js';
import { observeServer } from './server-metrics.js';
import { SpanTracing } from './span-tracing.js';
import { SYSTEM } from './span-kinds.js';
import { TracedCall } from './traced-call.js';
import {
  resolveTelemetryOptions,
  type OpenTelemetryOptions,
  type ResolvedTelemetryOptions,
} from './telemetry.options.js';

const FAN_OUT_BOUNDARIES = [0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** Gives what a server knows and does to OpenTelemetry. */
class OpenTelemetry implements ServerTelemetry {
  readonly tracing: SpanTracing | undefined;
  private handlers: HandlerMetrics | undefined;
  private fanOut: Histogram | undefined;

  constructor(private readonly options: ResolvedTelemetryOptions) {
    const { traces, tracerProvider, clientTraces } = options;
    const tracer = () => (tracerProvider ?? trace).getTracer(SYSTEM);
    this.tracing = traces ? new SpanTracing(tracer(), clientTraces) : undefined;
  }

  watch(read: () => ServerFigures): () => void {
    if (!this.options.metrics) return () => undefined;
    // Not before: the API gives meters that do nothing until there is a provider.
    const meter = (this.options.meterProvider ?? metrics).getMeter(SYSTEM);
    this.handlers ??= new HandlerMetrics(meter, this.options.timedOneIn);
    this.fanOut ??= meter.createHistogram('nestjs_sockets.fan_out', {
      unit: '{client}',
      description: 'Clients of this node that a push to many went to',
      advice: { explicitBucketBoundaries: FAN_OUT_BOUNDARIES },
    });
    return observeServer(meter, read);
  }

  handle(handler: string, isAwaited: boolean, caused: unknown): Handling | undefined {
    const metered = this.handlers?.begin(handler);
    const { tracing } = this;
    if (!tracing) return metered;
    return new TracedCall(tracing.beginHandler(handler, isAwaited, caused), metered);
  }

  fannedOut(target: FanOut, receivers: number): void {
    this.fanOut?.record(receivers, { target });
  }
}

/**
 * The option `telemetry` of `SocketsModule` and of `SocketClient`: metrics of a server, and spans of both,
 * by `@opentelemetry/api`. What becomes of them is the business of the SDK that the application sets up;
 * without one nothing does. Make one for each application: two servers would overwrite each other's figures.
 * @throws SocketsError `INVALID_OPTION`
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): ServerTelemetry {
  return new OpenTelemetry(resolveTelemetryOptions(options));
}
