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
   * Messages per second of an authenticated connection; past it the connection is closed with 4429.
   * @default Infinity (off)
   */
  maxMessagesPerSecond: number;
  /**
   * Percent of the event loop's time, 1 to 100, that connections which want more than their share of a
   * turn (16 small messages, or 64 KiB) get together while others are active. At the limit they wait and
   * are not read; nothing is lost. 100 turns it off as well.
   * @default 10
   */
  maxHeavySharePercent: number;
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
   * Connections that have not authenticated yet, in all; one more is refused with HTTP 429.
   * @default 1000
   */
  maxUnauthenticatedConnections: number;
  /**
   * The same from one IP address; one more is refused with HTTP 429.
   * @default 100
   */
  maxUnauthenticatedConnectionsPerIp: number;
  /**
   * Failed authentications per minute and IP address; then it is refused with HTTP 429 until the
   * minute is over.
   * @default 10
   */
  maxAuthFailuresPerMinute: number;
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
   * Milliseconds that handlers in flight get to finish when the application shuts down.
   * @default 5000
   */
  shutdownTimeout: number;
}

export const DEFAULT_LIMITS: Readonly<SocketsLimits> = Object.freeze({
  authTimeout: 10_000,
  maxUnauthenticatedMessageSize: 4 * 1024,
  maxMessageSize: 1024 * 1024,
  maxUnauthenticatedMessages: 20,
  maxJsonDepth: 64,
  maxHandlersInFlight: 64,
  maxBytesInFlight: 4 * 1024 * 1024,
  maxStreams: 64,
  maxMessagesPerSecond: Infinity,
  maxHeavySharePercent: 10,
  maxConnections: 10_000,
  maxConnectionsPerIp: Infinity,
  maxUnauthenticatedConnections: 1_000,
  maxUnauthenticatedConnectionsPerIp: 100,
  maxAuthFailuresPerMinute: 10,
  sendHighWaterMark: 1024 * 1024,
  sendHardCap: 4 * 1024 * 1024,
  slowConsumerTimeout: 1_000,
  maxMissedHeartBeats: 2,
  replayWindow: 1_024,
  authReplayWindow: 100_000,
  shutdownTimeout: 5_000,
});
