import type { TextDecoding } from '../../protocol/message.js';
import type { ClientEvents } from './client.events.js';
import type { AuthData, ResolvedClientOptions } from './client.options.js';
import type { ClientHello, ClientWire } from './client-wire.js';
import type { OptionFormats } from './option-formats.js';
import type { RoomPositions } from './room-positions.js';
import type { TransportListener, TransportTarget } from './transport.js';

/** What a client needs of where it runs: Node or a browser. */
export interface ClientPlatform extends OptionFormats {
  createEvents(): ClientEvents;
  /** Shows a warning to whoever develops the application. */
  readonly warn: (message: string) => void;
  readonly decodeText: TextDecoding;
  /** Derives the keys, once for a client. */
  prepareWire(options: ResolvedClientOptions): Promise<ClientWire>;
  /**
   * Opens a WebSocket.
   * @throws SocketsError `CONNECTION_LOST`, or `AUTH_REJECTED` and `CANNOT_CONNECT` where another attempt would fail alike
   */
  openTransport(
    target: TransportTarget,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<void>;
  /** Calls back when no microtask is left that this turn of the event loop has brought. */
  readonly afterTurn: (action: () => void) => void;
  /** Whether a server may be reached at all. */
  readonly isOnline: () => boolean;
  /**
   * Calls back when a connection may have been lost unnoticed, or can be made again: the network is
   * back, or the page is, from where it was frozen.
   * @returns a function that takes that back
   */
  readonly onWake: (action: () => void) => () => void;
  /**
   * Calls back when what has come meanwhile was read.
   * @returns a function that takes that back
   */
  readonly afterReads: (action: () => void) => () => void;
}

/** What a connection is made of. */
export interface ClientSetup {
  readonly options: ResolvedClientOptions;
  readonly platform: ClientPlatform;
  readonly wire: ClientWire;
  /** Of this connection, in version 2. */
  readonly hello: ClientHello | undefined;
  /** For the `auth` handler. */
  readonly authData: AuthData;
  /** What the client has of rooms with history. */
  readonly rooms: RoomPositions;
}
