/** Where a message stands in a room with history. */
export interface RoomPosition {
  /** A new one means that the numbers began anew, and that what was before is gone. */
  readonly epoch: string;
  /** Counts up from 1, without a gap. */
  readonly offset: number;
}

/** One stored frame. */
export interface HistoryEntry extends RoomPosition {
  /** As it was appended. */
  readonly frame: Buffer;
}

/** What a room holds beyond a position, as it was at one moment. */
export interface HistoryPage {
  /** The epoch of the room, and the offset of its newest entry: 0 where there is none yet. */
  readonly head: RoomPosition;
  /** The entries that were asked for, oldest first. Fewer than were written where old ones are gone. */
  readonly entries: readonly HistoryEntry[];
}

/** How much of a room is kept. */
export interface HistoryBounds {
  /** Entries; an engine may keep some more. */
  readonly size: number;
  /** Milliseconds since the last one was written, after which all of them may be forgotten. */
  readonly ttl: number;
}

/** Somebody in a room. */
export interface RoomMember {
  readonly room: string;
  /** A client's id, which says on which node it is: `Math.floor(id / 2 ** 32)`. */
  readonly id: number;
}

/** Somebody whom a dead node left in a room. */
export interface LostMember extends RoomMember {
  /** What was written down about it; empty where it is not known any more. */
  readonly value: Buffer;
}

/** What a sign of life finds out. */
export interface Beat {
  /**
   * Whether the lease was still there. Where it was not, what this node had written is gone. So it is at
   * the first one after the engine could not be reached: what was to be written or removed then may be
   * either.
   */
  readonly wasAlive: boolean;
  /** The nodes whose leases hold, this one among them. */
  readonly nodes: readonly number[];
  /** Whom dead nodes left in rooms, and who is removed now. Each is told to one node only. */
  readonly left: readonly LostMember[];
}

/** What an engine tells the node that uses it. Nothing of it may throw. */
export interface EngineListener {
  /** Of a channel that it has subscribed to, in the order in which one node published. */
  onFrame(channel: string, frame: Buffer): void;
  /** What was appended to a room whose channel it has subscribed to, in the order of the offsets. */
  onEntry(room: string, entry: HistoryEntry): void;
  /**
   * The engine cannot be reached, or can be again: by then all subscriptions hold again, and whatever was
   * published meanwhile is lost but for what `read` finds.
   */
  onAvailable(isAvailable: boolean): void;
}

/**
 * One node's connection to what all nodes share. Every method but `close` rejects with a SocketsError
 * `ENGINE_UNAVAILABLE` while the engine cannot be reached; it never waits until it can.
 */
export interface EngineSession {
  /** The number of this node: a whole number below 2^21 that no other living node has. */
  readonly node: number;

  /** Gives a frame to all nodes that subscribed to the channel, this one included. */
  publish(channel: string, frame: Buffer): Promise<void>;
  /** Where it rejects, the subscription holds all the same as soon as the engine can be reached again. */
  subscribe(channel: string): Promise<void>;
  /** Nothing of the channel comes any more. */
  unsubscribe(channel: string): Promise<void>;

  /** Stores a frame, and gives it to all who subscribed to `room:<room>` as an entry, in one step. */
  append(room: string, frame: Buffer, bounds: HistoryBounds): Promise<RoomPosition>;
  /** At most `limit` entries behind `offset`. A room that was never used gets its epoch here. */
  read(room: string, offset: number, limit: number): Promise<HistoryPage>;

  /**
   * Writes down that somebody of this node is in a room. Entering again replaces `value`. Without a lease
   * nothing is written: the next `beat` says that there was none.
   */
  enter(member: RoomMember, value: Buffer): Promise<void>;
  /** Takes it out again. */
  exit(member: RoomMember): Promise<void>;
  /** Who is in a room, on nodes whose leases hold. */
  members(room: string): Promise<ReadonlyMap<number, Buffer>>;

  /** Renews the lease, and removes what dead nodes left. To be called every `BEAT_INTERVAL` ms. */
  beat(): Promise<Beat>;
  /** @returns whether nobody had claimed it before, within `ttl` ms */
  claim(key: string, ttl: number): Promise<boolean>;

  /** Ends the lease and what it holds, and lets go of the engine. Never rejects. */
  close(): Promise<void>;
}

/** What nodes share: channels, histories, presence and leases. */
export interface SocketsEngine {
  /** Whether there can be other nodes. Where not, nothing that is only for them is sent at all. */
  readonly isShared: boolean;
  /**
   * Connects, and takes a number for the node.
   * @throws SocketsError `ENGINE_UNAVAILABLE`
   */
  connect(listener: EngineListener): Promise<EngineSession>;
}

/** Milliseconds that a lease holds without a sign of life. */
export const LEASE = 10_000;
/** Milliseconds between two signs of life: who is gone is found after `LEASE` and one of these. */
export const BEAT_INTERVAL = 2_500;
/** Node numbers are below it, so that a client's id is a safe integer. */
export const MAX_NODES = 2 ** 21;

/** The upper part of a client's id says which node it is on; a process of its own is node 0. */
export const IDS_PER_NODE = 2 ** 32;

/** The node that a client is on. */
export function nodeOf(id: number): number {
  return Math.floor(id / IDS_PER_NODE) % MAX_NODES;
}

/** The channel of a room, for messages that are not stored and for entries of its history. */
export function roomChannel(room: string): string {
  return `room:${room}`;
}
