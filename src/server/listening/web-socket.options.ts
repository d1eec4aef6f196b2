import type { ServerOptions } from 'ws';
import { SUBPROTOCOL } from '../../envelope/hello.js';
import type { SocketsLimits } from '../../protocol/limits.js';
import { messageSizeOptions } from '../flow/web-socket.receiver.js';

const CLOSE_TIMEOUT = 5_000;
const MAX_FRAGMENTS = 1_024;

/** What ws is told. */
export function webSocketOptions(limits: SocketsLimits): ServerOptions {
  // The last four are newer than the types of ws.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Nothing names version 1, and echoing what else the peer offers would promise something.
    handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    // One for all pings of a turn is enough (RFC 6455, 5.5.3).
    autoPong: false,
    closeTimeout: CLOSE_TIMEOUT,
    maxFragments: MAX_FRAGMENTS,
    ...messageSizeOptions(limits.maxUnauthenticatedMessageSize),
  };
  return options;
}
