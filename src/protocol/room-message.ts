/** Somebody else in a room, as its members are told: PROTOCOL.md R11.6. */
export interface RoomMemberInfo {
  /** Of the client, over all nodes. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What the option `presence` made of the client. */
  readonly info?: unknown;
}

/** The receiver is in a room with history, from this position on: R11.3. */
export interface RoomEntered {
  readonly event: 'entered';
  readonly room: string;
  readonly epoch: string;
  readonly offset: number;
  /** Whether it got everything since the position that it named. */
  readonly recovered: boolean;
  /** What `onJoin` returned, as of this position or later. */
  readonly state?: unknown;
}

/** A message was published that is not for the receiver, which is behind it now: R11.4. */
export interface RoomMoved {
  readonly event: 'moved';
  readonly room: string;
  readonly offset: number;
}

/** The receiver is in the room no more: R11.5. */
export interface RoomExited {
  readonly event: 'exited';
  readonly room: string;
}

/** Somebody came or went: R11.6. */
export interface RoomMembership {
  readonly event: 'joined' | 'left';
  readonly room: string;
  readonly member: RoomMemberInfo;
}

/** The data of a message named `sockets.room`. */
export type RoomMessage = RoomEntered | RoomMoved | RoomExited | RoomMembership;
