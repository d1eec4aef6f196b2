import { context } from '@opentelemetry/api';
import type { Handling } from '../contract/telemetry.js';
import { failSpan } from './span-ending.js';
import type { ActiveSpan } from './span-tracing.js';

/** One call of a handler in a span, and in metrics where those are wanted. */
export class TracedCall implements Handling {
  private errorType: string | undefined;

  constructor(
    private readonly active: ActiveSpan,
    private readonly metered: Handling | undefined,
  ) {}

  run<T>(call: () => T): T {
    return context.with(this.active.context, call);
  }

  fail(errorType: string): void {
    this.errorType = errorType;
    this.metered?.fail(errorType);
  }

  done(): void {
    this.metered?.done();
  }

  end(): void {
    const { active, errorType } = this;
    if (errorType === undefined) active.span.end();
    else failSpan(active.span, errorType);
    this.metered?.end();
  }
}
