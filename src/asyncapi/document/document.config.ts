import type { AsyncApiInfo } from '../types/async-api.types.js';
import type { SocketPushOptions, DocumentedError } from '../decorators/documentation.js';

/** A server by its name: where clients connect, and what is said about it. */
export interface DocumentedServer {
  /** As the `address` of a `SocketClient`: `'wss://sockets.example.com/sockets'`. */
  readonly url: string;
  /** For people. */
  readonly description?: string;
}

/** Of `SocketsDocument.create()`. Each may be left out. */
export interface SocketsDocumentConfig extends Partial<AsyncApiInfo> {
  /** Of the application, a URI that does not change: `'urn:example:chess'`. */
  readonly id?: string;
  /**
   * Where clients connect.
   * @default `local`: this machine, at the port of the options
   */
  readonly servers?: Readonly<Record<string, string | DocumentedServer>>;
  /** Pushes that no `@SocketPush()` declares, by name. */
  readonly pushes?: Readonly<Record<string, SocketPushOptions>>;
  /** Errors that any handler may answer with, beside the framework's: what a global guard throws. */
  readonly errors?: readonly DocumentedError[];
  /**
   * Whether what the framework itself says is in it: `heartBeat`, `reauth` and `sockets.room`, which
   * every `SocketClient` does by itself. Whoever writes a peer needs to know.
   * @default true
   */
  readonly framework?: boolean;
}
