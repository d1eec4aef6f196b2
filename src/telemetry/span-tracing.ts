import { context, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import type { HandledRequest, TracedOperation, Tracing } from '../contract/telemetry.js';
import { endWith, errorTypeOf, failSpan } from './span-ending.js';
import { handlerSpan, spanOf } from './span-kinds.js';
import type { ResolvedTelemetryOptions } from './telemetry.options.js';
import { contextOf, remoteSpan, traceOf } from './trace-context.js';

/** A span, and the context in which it is the active one. */
export interface ActiveSpan {
  readonly span: Span;
  readonly context: Context;
}

/** Makes spans. */
export class SpanTracing implements Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly clientTraces: ResolvedTelemetryOptions['clientTraces'],
  ) {}

  around<T>(operation: TracedOperation, action: (trace: string | undefined) => T): T {
    const remote = remoteSpan(operation.trace);
    const parent = remote ? contextOf(remote) : context.active();
    const { name, options } = spanOf(operation);
    const span = this.tracer.startSpan(name, options, parent);
    try {
      const within = trace.setSpan(parent, span);
      return endWith(
        span,
        context.with(within, () => action(traceOf(span))),
      );
    } catch (error) {
      failSpan(span, errorTypeOf(error));
      throw error;
    }
  }

  /** The span of a handler, in a context of its own: what is active belongs to another message. */
  beginHandler({ handler, isAwaited, trace: text }: HandledRequest): ActiveSpan {
    const { name, options } = handlerSpan(handler, isAwaited);
    const remote = this.clientTraces === 'ignore' ? undefined : remoteSpan(text);
    const isLinked = remote !== undefined && this.clientTraces === 'link';
    const parent = contextOf(isLinked ? undefined : remote);
    const links = isLinked ? [{ context: remote }] : [];
    const span = this.tracer.startSpan(name, { ...options, links }, parent);
    return { span, context: trace.setSpan(parent, span) };
  }
}
