import { SpanKind, type Attributes, type SpanOptions } from '@opentelemetry/api';
import type { TracedOperation } from '../contract/telemetry.js';

/** What this package is called in attributes. */
export const SYSTEM = 'nestjs-sockets';

/** The beginning of a span. */
interface SpanStart {
  readonly name: string;
  readonly options: SpanOptions;
}

/** The semantic conventions for RPC, of what somebody waits for. */
export function rpcAttributes(method: string): Attributes {
  return { 'rpc.system.name': SYSTEM, 'rpc.method': method };
}

/** Those for messaging, of what nobody waits for. */
function messagingAttributes(name: string, operation: 'send' | 'process'): Attributes {
  return {
    'messaging.system': SYSTEM,
    'messaging.destination.name': name,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
  };
}

/** The span of what is said to the other side, or of a hook that answers it. */
export function spanOf({ kind, name }: TracedOperation): SpanStart {
  if (kind === 'send') return messagingSpan(name, 'send', SpanKind.PRODUCER);
  return rpcSpan(name, kind === 'answer' ? SpanKind.SERVER : SpanKind.CLIENT);
}

/** The spans of handlers: made once for each, since there are only so many. */
export class HandlerSpans {
  private readonly awaited = new Map<string, SpanStart>();
  private readonly others = new Map<string, SpanStart>();

  of(handler: string, isAwaited: boolean): SpanStart {
    const spans = isAwaited ? this.awaited : this.others;
    const known = spans.get(handler);
    if (known) return known;
    const span = isAwaited
      ? rpcSpan(handler, SpanKind.SERVER)
      : messagingSpan(handler, 'process', SpanKind.CONSUMER);
    spans.set(handler, span);
    return span;
  }
}

function rpcSpan(name: string, kind: SpanKind): SpanStart {
  return { name, options: { kind, attributes: rpcAttributes(name) } };
}

function messagingSpan(name: string, operation: 'send' | 'process', kind: SpanKind): SpanStart {
  const attributes = messagingAttributes(name, operation);
  return { name: `${operation} ${name}`, options: { kind, attributes } };
}
