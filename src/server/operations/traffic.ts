import { createHistogram } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';

/** Why a connection or an upgrade was refused, and how often. */
export type RefusalCounts = Readonly<Record<string, number>>;

// Timing every handler would cost 1 % of a message; one in eight tells the same.
const TIMED_ONE_IN = 8;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Counts what the server did. Counters only go up. */
@Injectable()
export class Traffic {
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  dropped = 0;
  handlerErrors = 0;
  private readonly refusals = new Map<string, number>();
  private readonly handlerTimes = createHistogram();
  private handlerCalls = 0;

  get refused(): RefusalCounts {
    return Object.fromEntries(this.refusals);
  }

  refuse(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  /** When a handler starts: the time to give to `stopTiming`, or 0 when this call is not timed. */
  startTiming(): number {
    return this.handlerCalls++ % TIMED_ONE_IN === 0 ? performance.now() : 0;
  }

  stopTiming(startedAt: number): void {
    if (startedAt === 0) return;
    const elapsed = (performance.now() - startedAt) * NANOSECONDS_PER_MILLISECOND;
    this.handlerTimes.record(Math.max(1, Math.round(elapsed)));
  }

  /** Milliseconds that handlers took, of those that were timed. */
  handlerTime(): { p50: number; p99: number } {
    const at = (percentile: number) =>
      this.handlerTimes.count === 0
        ? 0
        : this.handlerTimes.percentile(percentile) / NANOSECONDS_PER_MILLISECOND;
    return { p50: at(50), p99: at(99) };
  }
}
