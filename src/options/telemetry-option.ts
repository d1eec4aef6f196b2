import type { ServerTelemetry } from '../contract/telemetry.js';
import type { OptionReader } from './option-reader.js';

/**
 * The option `telemetry`, of servers and of clients.
 * @param member What tells it from other objects: a client needs less than a server
 */
export function readTelemetry(
  read: OptionReader,
  member: keyof ServerTelemetry,
): ServerTelemetry | undefined {
  return read.matching<ServerTelemetry | undefined>(
    'telemetry',
    undefined,
    (value) => typeof value === 'object' && value !== null && member in value,
    'openTelemetry() of nestjs-sockets/telemetry',
  );
}
