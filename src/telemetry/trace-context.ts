import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { formatTraceParent, readTraceParent } from '../protocol/trace-parent.js';

/** Where a message was sent, as its `trace` says; undefined where that is none. */
export function remoteSpan(text: unknown): SpanContext | undefined {
  const parent = readTraceParent(text);
  if (!parent) return undefined;
  const { traceId, spanId, flags } = parent;
  return { traceId, spanId, traceFlags: flags, isRemote: true };
}

/** A context whose active span is that of another process. */
export function contextOf(remote: SpanContext | undefined): Context {
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}

/** What is sent with a message, so that the other side goes on with the trace. */
export function traceOf(span: Span): string | undefined {
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return undefined;
  const { traceId, spanId, traceFlags } = spanContext;
  return formatTraceParent({ traceId, spanId, flags: traceFlags });
}
