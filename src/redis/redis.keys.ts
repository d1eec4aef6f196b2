/** Where things are in Redis. Room names have no spaces, and stand as they are. */
export class RedisKeys {
  /** A sorted set: nodes, by when their leases end. */
  readonly nodes: string;

  constructor(readonly prefix: string) {
    this.nodes = `${prefix}nodes`;
  }

  /** A set of `<id> <room>`: what is to be removed when the node is gone. */
  membersOfNode(node: number): string {
    return `${this.prefix}node:${node}:members`;
  }

  /** A hash: ids, and what is known about them. */
  membersOfRoom(room: string): string {
    return `${this.prefix}room:${room}:members`;
  }

  /** A stream whose ids are the offsets. */
  log(room: string): string {
    return `${this.prefix}room:${room}:log`;
  }

  /** A hash: epoch, offset, and the run of the server that counted them. */
  head(room: string): string {
    return `${this.prefix}room:${room}:head`;
  }

  seen(key: string): string {
    return `${this.prefix}seen:${key}`;
  }

  channel(channel: string): string {
    return `${this.prefix}${channel}`;
  }

  /** The channel without the prefix. */
  withoutPrefix(channel: string): string {
    return channel.slice(this.prefix.length);
  }
}
