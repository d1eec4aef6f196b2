import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { hallResource } from './hall-resource.js';

// The hall waits for it at its end, also when there is no collector.
const MILLISECONDS_TO_EXPORT = 2_000;

/** Has spans sent to the collector that the environment names, by OTLP over HTTP, in JSON. */
export function exportTraces(service?: string): BasicTracerProvider {
  // What a handler asks of others belongs to its span.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new OTLPTraceExporter({ timeoutMillis: MILLISECONDS_TO_EXPORT });
  return new BasicTracerProvider({
    resource: hallResource(service),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
}
