import type { WsResponse } from '@nestjs/websockets';

/** Whether a gateway's method chose the event of its answer, as Nest's gateways do. */
export function isWsResponse(value: unknown): value is WsResponse<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Partial<WsResponse>).event === 'string' && 'data' in value;
}
