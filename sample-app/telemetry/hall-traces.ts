import type { OnApplicationShutdown } from '@nestjs/common';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { openTelemetry } from '../../src/telemetry/index.js';
import type { ClientTelemetry } from '../../src/telemetry/index.js';

/** The spans of this process. */
export class HallTraces implements OnApplicationShutdown {
  /** @param provider Undefined where nobody collects them */
  constructor(readonly provider: NodeTracerProvider | undefined) {}

  /** The option `telemetry` of a client. */
  forClient(): ClientTelemetry | undefined {
    return this.provider && openTelemetry({ metrics: false, tracerProvider: this.provider });
  }

  /** Sends those that were not sent yet. Where nobody takes them, the hall works all the same. */
  async onApplicationShutdown(): Promise<void> {
    try {
      await this.provider?.shutdown();
    } catch (error) {
      console.error(`The traces did not get through: ${String(error)}`);
    }
  }
}

/**
 * Has the spans of this process sent to the collector at OTEL_EXPORTER_OTLP_ENDPOINT. Where none is named
 * there are no spans, and nothing is loaded that would send them.
 * @param service Whose they are; as OTEL_SERVICE_NAME says without it
 */
export async function startTraces(service?: string): Promise<HallTraces> {
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT) return new HallTraces(undefined);
  const { exportTraces } = await import('./trace-export.js');
  return new HallTraces(exportTraces(service));
}
