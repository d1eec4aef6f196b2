import type { IncomingMessage } from 'node:http';
import { SUBPROTOCOL } from '../../envelope/hello.js';

/** The subprotocols that a client offers, in its order. */
export function subprotocolsOf({ headers }: IncomingMessage): string[] {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').map((name) => name.trim());
}

/** PROTOCOL-V2.md V1.2 and V1.4. */
export function versionOf(subprotocols: readonly string[]): 1 | 2 {
  return subprotocols.includes(SUBPROTOCOL) ? 2 : 1;
}
