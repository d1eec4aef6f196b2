import type { RoomPosition } from '../../engine/engine.js';
import type { Connection } from '../connection/connection.js';
import type { RoomLogContext } from './room-log.context.js';
import { deliverTo, notify } from './room-notices.js';

/** Where the room is on this node. */
interface RoomPlace {
  position(): RoomPosition | undefined;
  /**
   * Reads what the node itself has missed, and has the late members go on.
   * @returns whether the engine was there
   */
  catchUp(): Promise<boolean>;
}

interface LateMember {
  /** Where it is; undefined when it begins anew, where the room is. */
  position: RoomPosition | undefined;
  /** Whether it is to be told that it got everything. */
  isBack: boolean;
  isFollowing: boolean;
}

/** Members of a room that are not where the room is: each follows from where it is itself. */
export class LateMembers {
  private readonly late = new Map<Connection, LateMember>();

  constructor(
    private readonly context: RoomLogContext,
    private readonly room: RoomPlace,
  ) {}

  has(connection: Connection): boolean {
    return this.late.has(connection);
  }

  /** @param isBack Whether it is to be told, once it got everything since that position */
  add(
    connection: Connection,
    position: RoomPosition | undefined,
    isBack = position !== undefined,
  ): void {
    this.late.set(connection, { position, isBack, isFollowing: false });
    void this.follow(connection);
  }

  delete(connection: Connection): void {
    this.late.delete(connection);
  }

  /** The node knows where the room is, and the engine is there. */
  goOn(): void {
    for (const connection of this.late.keys()) void this.follow(connection);
  }

  private async follow(connection: Connection): Promise<void> {
    const member = this.late.get(connection);
    if (!member || member.isFollowing) return;
    member.isFollowing = true;
    try {
      while (this.isStill(connection, member) && (await this.step(connection, member))) {
        // Step by step, since the room goes on meanwhile.
      }
    } catch {
      // The engine is away: goOn() is called when it is back.
    } finally {
      member.isFollowing = false;
    }
  }

  /** Whether it is there, and nothing has changed about it meanwhile. */
  private isStill(connection: Connection, member: LateMember): boolean {
    return connection.isOpen && this.late.get(connection) === member;
  }

  /** @returns whether there is more to be done */
  private async step(connection: Connection, member: LateMember): Promise<boolean> {
    const room = this.room.position();
    if (!room) return false;
    const { position } = member;
    if (!position) return this.begin(connection, member, room);
    if (isAhead(position, room)) return this.checkLead(member, position);
    if (position.offset === room.offset) return this.arrive(connection, member);
    return this.giveMissed(connection, member, position);
  }

  /** It may have been on a node that has heard more than this one. While nobody can tell, it waits. */
  private async checkLead(member: LateMember, position: RoomPosition): Promise<boolean> {
    if (!(await this.room.catchUp())) return false;
    return isAhead(position, this.room.position()!) ? this.beginAnew(member) : true;
  }

  private beginAnew(member: LateMember): true {
    member.position = undefined;
    return true;
  }

  /** The state is read after the position is known, so that it misses nothing that came before. */
  private async begin(
    connection: Connection,
    member: LateMember,
    position: RoomPosition,
  ): Promise<boolean> {
    const { room } = this.context;
    const state = await this.context.stateFor(connection);
    if (!this.isStill(connection, member)) return false;
    const { epoch, offset } = position;
    notify(connection, { event: 'entered', room, epoch, offset, recovered: false, state });
    member.position = position;
    member.isBack = false;
    return true;
  }

  private async giveMissed(
    connection: Connection,
    member: LateMember,
    { epoch, offset }: RoomPosition,
  ): Promise<boolean> {
    const { head, pushes } = await this.context.history.after(offset);
    if (head.epoch !== epoch || !pushes) return this.beginAnew(member);
    for (const push of pushes) {
      // What this node has not heard yet comes live.
      if (push.position.offset > this.room.position()!.offset) break;
      while (this.isStill(connection, member) && !deliverTo(connection, push)) {
        await connection.whenReady();
      }
      if (!this.isStill(connection, member)) return false;
      member.position = push.position;
    }
    return true;
  }

  private arrive(connection: Connection, { position, isBack }: LateMember): false {
    const { room } = this.context;
    this.late.delete(connection);
    const { epoch, offset } = position!;
    if (isBack) notify(connection, { event: 'entered', room, epoch, offset, recovered: true });
    return false;
  }
}

/** Whether it is where the room has not been, as far as this node knows. */
function isAhead(position: RoomPosition, room: RoomPosition): boolean {
  return position.epoch !== room.epoch || position.offset > room.offset;
}
