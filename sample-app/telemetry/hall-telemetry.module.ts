import { Module, type DynamicModule } from '@nestjs/common';
import { openTelemetry, type ServerTelemetry } from '../../src/telemetry/index.js';
import { HallMetrics } from './hall-metrics.js';
import { HallTraces } from './hall-traces.js';
import { MetricsController } from './metrics.controller.js';

/** The metrics and the traces of a server of the hall. */
export interface HallTelemetry {
  /** Serves the metrics, and ends with the application. */
  readonly module: DynamicModule;
  /** The option of `SocketsModule`. */
  readonly telemetry: ServerTelemetry;
}

@Module({ controllers: [MetricsController] })
export class HallTelemetryModule {
  /** Makes one for an application. */
  static create(traces = new HallTraces(undefined)): HallTelemetry {
    const metrics = new HallMetrics();
    const { meterProvider } = metrics;
    const { provider: tracerProvider } = traces;
    return {
      telemetry: openTelemetry({
        meterProvider,
        tracerProvider,
        traces: tracerProvider !== undefined,
      }),
      module: {
        module: HallTelemetryModule,
        providers: [
          { provide: HallMetrics, useValue: metrics },
          { provide: HallTraces, useValue: traces },
        ],
      },
    };
  }
}
