import { context } from '@opentelemetry/api';
import type { Handling } from '../contract/telemetry.js';
import type { MeteredCall } from './handler-metrics.js';
import { failSpan } from './span-ending.js';
import type { ActiveSpan } from './span-tracing.js';

/** One call of a handler, in metrics and traces. */
export class HandlerCall implements Handling {
  private errorType: string | undefined;

  constructor(
    private readonly metered: MeteredCall | undefined,
    private readonly active: ActiveSpan | undefined,
  ) {}

  run<T>(call: () => T): T {
    return this.active ? context.with(this.active.context, call) : call();
  }

  fail(errorType: string): void {
    this.errorType = errorType;
  }

  done(): void {
    this.metered?.done(this.errorType);
  }

  end(): void {
    const { errorType, active } = this;
    if (errorType === undefined) return active?.span.end();
    this.metered?.fail(errorType);
    if (active) failSpan(active.span, errorType);
  }
}
