import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import type { Handling } from '../contract/telemetry.js';
import { rpcAttributes } from './span-kinds.js';

const MILLISECONDS_PER_SECOND = 1_000;

/** Those that the semantic conventions advise, and shorter ones: a handler may take microseconds. */
const BOUNDARIES = [
  0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** What one handler did. */
class HandlerFigures {
  calls = 0;
  readonly failures = new Map<string, number>();
  readonly attributes: Attributes;

  constructor(handler: string) {
    this.attributes = rpcAttributes(handler);
  }
}

/** One call, as far as metrics want to know of it. */
class MeteredCall implements Handling {
  private errorType: string | undefined;

  constructor(
    private readonly durations: Histogram,
    private readonly figures: HandlerFigures,
    /** 0 for one that is not timed. */
    private readonly startedAt: number,
  ) {}

  fail(errorType: string): void {
    this.errorType = errorType;
  }

  done(): void {
    if (this.startedAt === 0) return;
    const { errorType } = this;
    const seconds = (performance.now() - this.startedAt) / MILLISECONDS_PER_SECOND;
    const { attributes } = this.figures;
    this.durations.record(
      seconds,
      errorType === undefined ? attributes : { ...attributes, 'error.type': errorType },
    );
  }

  end(): void {
    if (this.errorType === undefined) return;
    const { failures } = this.figures;
    failures.set(this.errorType, (failures.get(this.errorType) ?? 0) + 1);
  }
}

/**
 * Counts what handlers do. A counter of OpenTelemetry costs 0.3 us for each call, which is much beside a
 * small message; a number costs nothing, and is read when somebody wants to know it.
 */
export class HandlerMetrics {
  private readonly durations: Histogram;
  private readonly byName = new Map<string, HandlerFigures>();

  constructor(
    meter: Meter,
    private readonly timedOneIn: number,
  ) {
    this.durations = meter.createHistogram('rpc.server.call.duration', {
      unit: 's',
      description: `How long handlers took, of one call in ${timedOneIn}`,
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
    this.observeCalls(meter);
    this.observeFailures(meter);
  }

  begin(handler: string): Handling {
    let figures = this.byName.get(handler);
    if (!figures) this.byName.set(handler, (figures = new HandlerFigures(handler)));
    const isTimed = figures.calls++ % this.timedOneIn === 0;
    return new MeteredCall(this.durations, figures, isTimed ? performance.now() : 0);
  }

  private observeCalls(meter: Meter): void {
    const calls = meter.createObservableCounter('nestjs_sockets.handler.calls', {
      unit: '{call}',
      description: 'Calls of handlers',
    });
    calls.addCallback((result) => {
      for (const figures of this.byName.values()) {
        result.observe(figures.calls, figures.attributes);
      }
    });
  }

  private observeFailures(meter: Meter): void {
    const failures = meter.createObservableCounter('nestjs_sockets.handler.failures', {
      unit: '{call}',
      description: 'Calls of handlers that failed, by what the peer was told',
    });
    failures.addCallback((result) => {
      for (const figures of this.byName.values()) {
        for (const [errorType, count] of figures.failures) {
          result.observe(count, { ...figures.attributes, 'error.type': errorType });
        }
      }
    });
  }
}
