/** Something that is said to the other side, or done for it. */
export interface TracedOperation {
  /**
   * `request` and `stream`: a client asks and waits; `send`: it does not wait; `ask`: the server asks a
   * client; `call`: a node has another one ask its client; `answer`: a hook answers what the server asks.
   */
  readonly kind: 'request' | 'stream' | 'send' | 'ask' | 'call' | 'answer';
  readonly name: string;
  /** What came with it: PROTOCOL.md R4.10. Not checked yet. Without it, it belongs to what is active here. */
  readonly trace?: unknown;
}

/** Notes what one side asks of another, and what caused it. */
export interface Tracing {
  /**
   * Does it within a span, which ends when what comes of it has settled.
   * @param action Gets the W3C traceparent to send with it, if there is any
   */
  around<T>(operation: TracedOperation, action: (trace: string | undefined) => T): T;
}

/** What a client does with its option `telemetry`. */
export interface ClientTelemetry {
  /** Undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** One call of a handler. */
export interface Handling {
  /** Calls the handler where its span is the active one; without it, it is called as ever. */
  run?<T>(call: () => T): T;
  /** It failed. @param errorType The code that the peer is told, where that is from a bounded set */
  fail(errorType: string): void;
  /** The handler has ended; of a stream, values may still come. */
  done(): void;
  /** Nothing comes of it any more. */
  end(): void;
}

/** To whom a push went: everybody, those with something in their `meta`, or members of rooms. */
export type FanOut = 'all' | 'meta' | 'rooms';

/** What `SocketServer.stats()` says, as far as it counts, and what waits just now. */
export interface ServerFigures {
  readonly connections: number;
  readonly authenticated: number;
  /** Connections that there have been. */
  readonly opened: number;
  /** How many of them were authenticated. */
  readonly authentications: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** By reason: from a bounded set. */
  readonly refused: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly load: ServerLoadFigures;
  readonly cluster: ClusterFigures;
}

/** What waits now, of all connections. */
export interface ServerLoadFigures {
  readonly handlersInFlight: number;
  /** Messages and frames that wait for a handler, or for their turn. */
  readonly messagesWaiting: number;
  /** Bytes that wait until peers take them. */
  readonly bytesToSend: number;
  /** Rooms with members on this node. */
  readonly rooms: number;
}

/** Of the node among others. */
export interface ClusterFigures {
  readonly nodes: number;
  readonly isAvailable: boolean;
  readonly framesOut: number;
  readonly framesIn: number;
  readonly framesDropped: number;
  readonly framesRejected: number;
  readonly framesSkipped: number;
  readonly gaps: number;
}

/** What a server does with its option `telemetry`. */
export interface ServerTelemetry extends ClientTelemetry {
  /**
   * A server starts.
   * @param read Its figures, whenever somebody wants them: it looks at every connection
   * @returns a function that ends it
   */
  watch(read: () => ServerFigures): () => void;
  /**
   * A handler is about to be called.
   * @param handler Its name: from a bounded set, unlike what peers say
   * @param isAwaited Whether the peer waits for what comes of it
   * @param trace What caused it. Not checked yet; undefined from who has not authenticated
   */
  handle(handler: string, isAwaited: boolean, trace: unknown): Handling | undefined;
  /** A push went to so many clients of this node. */
  fannedOut(to: FanOut, receivers: number): void;
}
