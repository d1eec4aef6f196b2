import type { IncomingHttpHeaders } from 'node:http';

/** An upgrade request, before a WebSocket exists. All of it is the peer's own claim, but the ip. */
export interface UpgradeRequest {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The query string of the address. */
  readonly query: URLSearchParams;
  /** Without the query string. */
  readonly path: string;
  /** Of the TCP connection, or what proxies say that the option `trustProxy` names. */
  readonly ip: string;
  /** The page's, as browsers say it; others may leave it out. */
  readonly origin: string | undefined;
}

/** Why an upgrade is refused, as HTTP tells it. */
export interface UpgradeRefusal {
  /** A client takes 401 and 403 for final, and comes again after 429. */
  readonly status: 401 | 403 | 429;
  /** Goes to the peer, as the body of the response. */
  readonly message?: string;
}

/**
 * Decides about each connection before the upgrade, where `@UseGuards()` cannot look. Give the class
 * as the option `connectionGuard`; its dependencies are injected.
 *
 * `true` lets the peer in, to authenticate; `false` refuses it with 403; a refusal with its own
 * status. What it throws is logged and refuses with 503, as does a guard that has not answered
 * within `authTimeout`: clients try again.
 */
export interface ConnectionGuard {
  /** Asked once for each upgrade, before anything else is known of the peer. */
  canConnect(request: UpgradeRequest): boolean | UpgradeRefusal | Promise<boolean | UpgradeRefusal>;
}
