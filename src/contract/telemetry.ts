/** Something that is said to the other side, or done for it. */
export interface TracedOperation {
  /**
   * `request` and `stream`: a client asks and waits; `send`: it does not wait; `ask`: the server asks a
   * client; `call`: a node has another one ask its client; `answer`: a hook answers what the server asks.
   */
  readonly kind: 'request' | 'stream' | 'send' | 'ask' | 'call' | 'answer';
  /** Of the message. */
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
  /** Open ones, authenticated or not. */
  readonly connections: number;
  /** Those of them that have authenticated. */
  readonly authenticated: number;
  /** Connections that there have been. */
  readonly opened: number;
  /** How many of them were authenticated. */
  readonly authentications: number;
  /** Messages received. */
  readonly messagesIn: number;
  /** Messages sent. */
  readonly messagesOut: number;
  /** Bytes of received messages, envelopes included. */
  readonly bytesIn: number;
  /** Bytes of sent messages, envelopes and frame headers included. */
  readonly bytesOut: number;
  /** By reason: from a bounded set. */
  readonly refused: Readonly<Record<string, number>>;
  /** Pushes lost to peers that did not read. */
  readonly dropped: number;
  /** What waits now. */
  readonly load: ServerLoadFigures;
  /** Of the node among others. */
  readonly cluster: ClusterFigures;
}

/** What waits now, of all connections. */
export interface ServerLoadFigures {
  /** Calls of handlers that have not ended. */
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
  /** How many nodes there are, this one among them. */
  readonly nodes: number;
  /** Whether the engine can be reached. */
  readonly isAvailable: boolean;
  /** Frames that this node sent to others, or stored. */
  readonly framesOut: number;
  /** Frames of others that opened. */
  readonly framesIn: number;
  /** Frames for others that were lost while the engine was away. */
  readonly framesDropped: number;
  /** Frames that were forged, replayed, reordered or too old. */
  readonly framesRejected: number;
  /** Frames of a format that this version does not know. */
  readonly framesSkipped: number;
  /** How often members were told that they missed something. */
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
