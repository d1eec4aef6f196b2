import type { ClientTelemetry } from '../contract/telemetry.js';
import type { OptionReader } from './option-reader.js';

/** The option `telemetry`, of servers and of clients. */
export function readTelemetry<Telemetry extends ClientTelemetry>(
  read: OptionReader,
): Telemetry | undefined {
  return read.matching<Telemetry | undefined>(
    'telemetry',
    undefined,
    isTelemetry,
    'openTelemetry() of nestjs-sockets/telemetry',
  );
}

function isTelemetry(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'tracing' in value;
}
