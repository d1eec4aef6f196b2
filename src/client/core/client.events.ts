import type { RoomMemberInfo } from '../../protocol/room-message.js';
import type { RemoteError, SocketsError } from '../../protocol/sockets.errors.js';
import type { CloseInfo } from './client.errors.js';

/**
 * - `idle`: not connected yet
 * - `connecting`: a connection is being made
 * - `connected`: authenticated
 * - `reconnecting`: the connection was lost or an attempt failed, and another one follows
 * - `failed`: gave up; `connect()` starts anew
 * - `closed`: ended by `close()`; `connect()` starts anew
 */
export type SocketClientState =
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed';

/** The client's part in a room with history. */
export interface RoomEvent {
  /** Its name. */
  room: string;
  /** Whether it got everything that it had missed. */
  recovered: boolean;
  /** Every message behind it follows, each once and in order. A new `epoch` counts from 1 again. */
  position: {
    /** Another one where the history began anew. */
    epoch: string;
    /** Of the last message before this event. */
    offset: number;
  };
  /** What the server has of the room, for who has not recovered. */
  state?: unknown;
}

/** Who came or went. */
export interface RoomMemberEvent {
  /** Its name. */
  room: string;
  /** Who came or went. */
  member: RoomMemberInfo;
}

/** Events of `SocketClient.events`, with their arguments. */
export interface SocketClientEvents {
  /** The connection was lost or closed. Every open request is rejected by then. */
  disconnect: [CloseInfo];
  /**
   * The next attempt starts in so many ms (`Infinity` in a browser that is offline: as soon as it is
   * not), since the last one failed with `error`, or lost the
   * connection. Attempts count from 1 since the last success.
   */
  reconnecting: [
    {
      /** From 1, since the last success. */
      attempt: number;
      /** Milliseconds until it starts. */
      delay: number;
      /** Why it is needed. */
      error: Error;
    },
  ];
  /** Back: authenticated, under a new session key. */
  reconnected: [];
  /** Gave up coming back: the key was rejected, or `maxAttempts` is reached. */
  reconnectFailed: [SocketsError];
  /**
   * It is in a room with history, from here on. Not `recovered`: it has just joined, or messages that it
   * missed are gone, so that it must load what it knows of the room anew; `state` is what the server's
   * `onJoin` returned for that. Recovered: it has got everything, in order.
   */
  room: [RoomEvent];
  /** Somebody else came into a room of which it wanted to know. */
  joined: [RoomMemberEvent];
  /** Somebody else left it. */
  left: [RoomMemberEvent];
  /** What was sent with `send()` failed on the server. */
  errorReply: [RemoteError];
  /** A hook threw. Without a listener the error becomes an unhandled rejection. */
  hookFailed: [
    {
      /** The name that the hook is registered under. */
      request: string;
      /** What it threw. */
      error: unknown;
    },
  ];
  /** A listener of an event threw. Without a listener the error becomes an unhandled rejection. */
  listenerFailed: [
    {
      /** The event's name. */
      event: string;
      /** What it threw. */
      error: unknown;
    },
  ];
}

type Listener<E extends keyof SocketClientEvents> = (...args: SocketClientEvents[E]) => unknown;

/** The events of a client. In Node it is an EventEmitter. */
export interface ClientEvents {
  /** Calls the listener each time. */
  on<E extends keyof SocketClientEvents>(event: E, listener: Listener<E>): this;
  /** Calls it the next time only. */
  once<E extends keyof SocketClientEvents>(event: E, listener: Listener<E>): this;
  /** Calls it no more. */
  off<E extends keyof SocketClientEvents>(event: E, listener: Listener<E>): this;
  /** How many listeners the event has. */
  listenerCount(event: keyof SocketClientEvents): number;
  /** What is called for an event: for a listener of `once()` what takes it away, too. */
  rawListeners(event: keyof SocketClientEvents): Function[];
}
