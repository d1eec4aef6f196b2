import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';

/**
 * Who it is that measures itself and has spans.
 * @param service Whoever starts a process of the hall says it in OTEL_SERVICE_NAME
 */
export function hallResource(service = process.env.OTEL_SERVICE_NAME ?? 'game hall'): Resource {
  return resourceFromAttributes({ 'service.name': service });
}
