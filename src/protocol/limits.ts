/**
 * Everything that a peer can make grow, and where it ends. Numbers are bounds; `Infinity` turns one
 * off, and then nothing but the machine's memory bounds what it bounded.
 */
export interface SocketsLimits {
  /**
   * Milliseconds a connection has to authenticate; then it is closed with 4408.
   * @default 10000
   */
  authTimeout: number;
  /**
   * Bytes of one message before authentication, envelope included; a larger one closes with 1009.
   * @default 4096
   */
  maxUnauthenticatedMessageSize: number;
  /**
   * Bytes of one message after authentication, envelope included; a larger one closes with 1009.
   * @default 1048576
   */
  maxMessageSize: number;
  /**
   * Messages before authentication, `auth` included; one more closes with 4429.
   * @default 20
   */
  maxUnauthenticatedMessages: number;
  /**
   * How deep JSON may nest; deeper closes with 4400. Found before parsing.
   * @default 64
   */
  maxJsonDepth: number;
  /**
   * Handlers in flight per connection. At the limit the connection is not read until one ends: TCP
   * pushes back on the peer, and nothing is lost.
   * @default 64
   */
  maxHandlersInFlight: number;
  /**
   * Bytes of the messages that handlers in flight work on, per connection. At the limit the
   * connection is not read until a handler ends, as with `maxHandlersInFlight`; so it bounds the
   * memory that one peer's requests can take.
   * @default 4194304
   */
  maxBytesInFlight: number;
  /**
   * Open streams per connection; one more is answered `TOO_MANY_STREAMS`.
   * @default 64
   */
  maxStreams: number;
  /**
   * Values of one stream that wait until the client takes them, where the source cannot be told to wait
   * as an async iterable is; one more ends the stream with `STREAM_OVERFLOW`.
   * @default 10000
   */
  maxStreamBacklog: number;
  /**
   * Messages per second of an authenticated connection; past it the connection is closed with 4429.
   * @default Infinity (off)
   */
  maxMessagesPerSecond: number;
  /**
   * Connections in all; one more is refused with HTTP 503.
   * @default 10000
   */
  maxConnections: number;
  /**
   * Connections from one IP address (an IPv6 network of 64 bits counts as one), authenticated ones
   * included; one more is refused with HTTP 429.
   * @default Infinity (off: a fleet of workers may share one address)
   */
  maxConnectionsPerIp: number;
  /**
   * Connections that have not authenticated yet, in all. More wait before their upgrade, ten for each
   * place, until one has authenticated or gone; beyond those, or after `authTimeout`: HTTP 429.
   * @default 1000
   */
  maxUnauthenticatedConnections: number;
  /**
   * The same from one IP address. It also bounds what it sends before any upgrade: of more than ten
   * silent TCP connections for each place the oldest are cut.
   * @default 100
   */
  maxUnauthenticatedConnectionsPerIp: number;
  /**
   * Failed authentications per minute that peers of one IP address are told of. Past it, who fails is
   * told nothing: it keeps its place among the unauthenticated for `authTimeout`, then closes with
   * 4408. Who has the key is let in all the same. Without encryption, where only the `auth` handler
   * can tell, peers of the address are asked one at a time, with a pause of a minute divided by this
   * number after each that fails.
   * @default 10
   */
  maxAuthFailuresPerMinute: number;
  /**
   * Handshakes of version 2 in a second, each of which costs up to 0.3 ms of CPU before anybody has
   * proved anything. One more has its turn in one of the next seconds; where it would wait for half of
   * `authTimeout` it is refused with HTTP 503, and comes again.
   * @default 1000
   */
  maxHandshakesPerSecond: number;
  /**
   * Rooms that one client is in; joining one more throws `TOO_MANY_ROOMS`. Only handlers join clients, so
   * it bounds what a mistake in them can cost.
   * @default 1000
   */
  maxRoomsPerClient: number;
  /**
   * Rooms with members on this node; joining one more throws `TOO_MANY_ROOMS`.
   * @default 100000
   */
  maxRooms: number;
  /**
   * Bytes that wait to be sent to one connection before `slowConsumerPolicy` acts. Above it the
   * connection is not read either, so that it cannot ask for more replies than it takes. At least
   * 16,384.
   * @default 1048576
   */
  sendHighWaterMark: number;
  /**
   * Bytes that may wait at the most; past it the connection is cut at once. One message may be larger
   * if nothing waits before it; then the cap is for what comes after it. At least 16,384.
   * @default 4194304
   */
  sendHardCap: number;
  /**
   * Milliseconds that a connection may stay above `sendHighWaterMark` under the policy `close`.
   * @default 1000
   */
  slowConsumerTimeout: number;
  /**
   * Heartbeat intervals without a byte from the peer after which it counts as dead and is cut.
   * @default 2
   */
  maxMissedHeartBeats: number;
  /**
   * Received messages that each session remembers, to refuse a replay: 20 bytes each, allocated as
   * they come, for peers with random ivs. Of peers that count, as `SocketClient` does, replays of any
   * age are noticed for nothing. 0 notices none.
   * @default 1024
   */
  replayWindow: number;
  /**
   * Messages under the global key that the server remembers, to refuse a replayed `auth`: 23 bytes
   * each. 0 remembers none.
   * @default 100000
   */
  authReplayWindow: number;
  /**
   * Milliseconds that handlers in flight get to finish when the application shuts down, and that
   * messages of a peer that has left may still wait for one: what is left of them is then dropped.
   * @default 5000
   */
  shutdownTimeout: number;
}

/** What is in force where an option says nothing else. */
export const DEFAULT_LIMITS: Readonly<SocketsLimits> = Object.freeze({
  authTimeout: 10_000,
  maxUnauthenticatedMessageSize: 4 * 1024,
  maxMessageSize: 1024 * 1024,
  maxUnauthenticatedMessages: 20,
  maxJsonDepth: 64,
  maxHandlersInFlight: 64,
  maxBytesInFlight: 4 * 1024 * 1024,
  maxStreams: 64,
  maxStreamBacklog: 10_000,
  maxMessagesPerSecond: Infinity,
  maxConnections: 10_000,
  maxConnectionsPerIp: Infinity,
  maxUnauthenticatedConnections: 1_000,
  maxUnauthenticatedConnectionsPerIp: 100,
  maxAuthFailuresPerMinute: 10,
  maxHandshakesPerSecond: 1_000,
  maxRoomsPerClient: 1_000,
  maxRooms: 100_000,
  sendHighWaterMark: 1024 * 1024,
  sendHardCap: 4 * 1024 * 1024,
  slowConsumerTimeout: 1_000,
  maxMissedHeartBeats: 2,
  replayWindow: 1_024,
  authReplayWindow: 100_000,
  shutdownTimeout: 5_000,
});
