import type { CloseInfo } from './client.errors.js';
import type { ClientHello } from './client-wire.js';
import type { TlsOptions } from './tls-options.js';

/** A WebSocket, as far as a connection needs one. */
export interface Transport {
  readonly isOpen: boolean;
  /** All that ever came. */
  readonly bytesRead: number;
  /** Shows the server that this side lives (RFC 6455, 5.5.3), where that is possible. */
  pong(): void;
  send(frame: Uint8Array, binary: boolean): void;
  /** Sends what it was given, then the close frame. What still comes is not heard any more. */
  close(code: number, reason?: string): void;
  /** Cuts the connection. */
  terminate(reason: string): void;
}

/** What the transport tells the connection above it. */
export interface TransportListener {
  /** Before the first frame, so that one which comes along with the upgrade finds everything ready. */
  onOpen(transport: Transport): void;
  onFrame(frame: Uint8Array, isBinary: boolean): void;
  /** Once, as soon as it is certain that no more frames come; nothing follows. */
  onClose(info: CloseInfo): void;
}

/** Where to, and within which bounds. */
export interface TransportTarget {
  readonly address: string;
  readonly connectTimeout: number;
  readonly maxMessageSize: number;
  /** Version 2: what this client says within the upgrade. */
  readonly hello: ClientHello | undefined;
  /** In Node, with `wss://`. */
  readonly tls?: TlsOptions | undefined;
}
