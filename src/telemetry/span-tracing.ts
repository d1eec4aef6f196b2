import {
  context,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import type { TracedOperation, Tracing } from '../contract/telemetry.js';
import { endWith, errorTypeOf, failSpan } from './span-ending.js';
import { HandlerSpans, spanOf } from './span-kinds.js';
import type { ResolvedTelemetryOptions } from './telemetry.options.js';
import { contextOf, remoteSpan, traceOf } from './trace-context.js';

/** A span, and the context in which it is the active one. */
export interface ActiveSpan {
  readonly span: Span;
  readonly context: Context;
}

/** Makes spans. */
export class SpanTracing implements Tracing {
  private readonly handlerSpans = new HandlerSpans();

  constructor(
    private readonly tracer: Tracer,
    private readonly clientTraces: ResolvedTelemetryOptions['clientTraces'],
  ) {}

  around<T>(operation: TracedOperation, action: (trace: string | undefined) => T): T {
    const remote = remoteSpan(operation.trace);
    const parent = remote ? contextOf(remote) : context.active();
    const { name, options } = spanOf(operation);
    const { span, context: within } = this.begin(name, options, parent);
    try {
      const result = context.with(within, () => action(traceOf(span)));
      return endWith(span, result);
    } catch (error) {
      failSpan(span, errorTypeOf(error));
      throw error;
    }
  }

  /** The span of a handler, in a context of its own: what is active belongs to another message. */
  beginHandler(handler: string, isAwaited: boolean, caused: unknown): ActiveSpan {
    const { name, options } = this.handlerSpans.of(handler, isAwaited);
    const remote = this.clientTraces === 'ignore' ? undefined : remoteSpan(caused);
    if (remote && this.clientTraces === 'link') {
      return this.begin(name, { ...options, links: [{ context: remote }] }, ROOT_CONTEXT);
    }
    return this.begin(name, options, contextOf(remote));
  }

  private begin(name: string, options: SpanOptions, parent: Context): ActiveSpan {
    const span = this.tracer.startSpan(name, options, parent);
    return { span, context: trace.setSpan(parent, span) };
  }
}
