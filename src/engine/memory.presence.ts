import { nodeOf, type LostMember, type RoomMember } from './engine.js';

/** Who is in which room, and which nodes are there. */
export class MemoryPresence {
  private readonly nodes = new Set<number>();
  private readonly rooms = new Map<string, Map<number, Buffer>>();
  /** Whom closed nodes left, and nobody was told of yet. */
  private left: LostMember[] = [];

  get livingNodes(): number[] {
    return [...this.nodes];
  }

  open(node: number): void {
    this.nodes.add(node);
  }

  enter({ room, id }: RoomMember, value: Buffer): void {
    const members = this.rooms.get(room) ?? new Map<number, Buffer>();
    this.rooms.set(room, members.set(id, value));
  }

  exit({ room, id }: RoomMember): void {
    const members = this.rooms.get(room);
    members?.delete(id);
    if (members?.size === 0) this.rooms.delete(room);
  }

  members(room: string): ReadonlyMap<number, Buffer> {
    return new Map(this.rooms.get(room));
  }

  close(node: number): void {
    this.nodes.delete(node);
    const left = this.membersOf(node);
    for (const member of left) this.exit(member);
    // The last one has nobody who could be told.
    this.left = this.nodes.size > 0 ? [...this.left, ...left] : [];
  }

  takeLeft(): LostMember[] {
    return this.left.splice(0);
  }

  private membersOf(node: number): LostMember[] {
    return [...this.rooms].flatMap(([room, members]) =>
      [...members]
        .filter(([id]) => nodeOf(id) === node)
        .map(([id, value]) => ({ room, id, value })),
    );
  }
}
