import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OnApplicationShutdown } from '@nestjs/common';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { hallResource } from './hall-resource.js';

/** What a server of the hall measures of itself. */
export class HallMetrics implements OnApplicationShutdown {
  // The hall has an HTTP server already.
  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  readonly meterProvider = new MeterProvider({
    resource: hallResource(),
    readers: [this.exporter],
  });

  /** Answers as Prometheus wants it. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.exporter.getMetricsRequestHandler(request, response);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.meterProvider.shutdown();
  }
}
