export { openTelemetry } from './open-telemetry.js';
export type { OpenTelemetryOptions } from './telemetry.options.js';
export type {
  ClientTelemetry,
  ClusterFigures,
  FanOut,
  Handling,
  ServerFigures,
  ServerLoadFigures,
  ServerTelemetry,
  TracedOperation,
  Tracing,
} from '../contract/telemetry.js';
