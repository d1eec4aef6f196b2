import type { ClusterStats } from './cluster/cluster-counts.js';
import type { RefusalCounts } from './operations/traffic.js';

/** What the server did since it started. Counts only go up, but for the first two. */
export interface SocketServerStats {
  /** Open connections, authenticated or not. */
  connections: number;
  /** Of these, those that have authenticated. */
  authenticated: number;
  /** Messages that came. */
  messagesIn: number;
  /** Messages that were sent. */
  messagesOut: number;
  /** Bytes of received messages, envelopes included. */
  bytesIn: number;
  /** Bytes of sent messages, envelopes and frame headers included. */
  bytesOut: number;
  /** Refused upgrades and closed connections, by the limit or violation that caused it. */
  refused: RefusalCounts;
  /** Pushes lost to peers that did not read (policy `drop`). */
  dropped: number;
  /** Handlers that failed unexpectedly. */
  handlerErrors: number;
  /** Milliseconds that handlers took, of one call in eight. */
  handlerTime: { p50: number; p99: number };
  /** Of the node among others. */
  cluster: ClusterStats;
}
