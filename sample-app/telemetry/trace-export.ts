import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { hallResource } from './hall-resource.js';

// The hall waits for it at its end, also when there is no collector.
const MILLISECONDS_TO_EXPORT = 2_000;

/** Has spans sent to the collector that the environment names, by OTLP over HTTP, in JSON. */
export function exportTraces(service?: string): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ timeoutMillis: MILLISECONDS_TO_EXPORT });
  const provider = new NodeTracerProvider({
    resource: hallResource(service),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  // What a handler asks of others belongs to its span.
  provider.register();
  return provider;
}
