import type { RoomPosition } from '../../engine/engine.js';
import type { Connection } from '../connection/connection.js';
import { LateMembers } from './late-members.js';
import type { RoomLogContext } from './room-log.context.js';
import { deliverTo } from './room-notices.js';
import type { RoomPush } from './room-push.js';

/**
 * A room with history on this node. Its messages are numbered: the next one goes to all members; where
 * one is missing, the gap is read from the history before anything else goes on.
 *
 * Members that are not where the room is, because they have just come, or did not read, are late: each of
 * them follows from its own position, and gets nothing live until it has caught up.
 */
export class RoomLog {
  private position: RoomPosition | undefined;
  private reading: Promise<boolean> | undefined;
  /** What came live while the history was read, oldest first. */
  private early: RoomPush[] = [];
  private readonly late: LateMembers;

  constructor(
    private readonly members: ReadonlySet<Connection>,
    private readonly context: RoomLogContext,
  ) {
    this.late = new LateMembers(context, {
      position: () => this.position,
      catchUp: () => this.catchUp(),
    });
  }

  /** What was published just now. */
  take(push: RoomPush): void {
    if (this.reading || !this.position) this.keep(push);
    else if (this.isNext(push)) this.deliver(push);
    else if (!this.isKnown(push)) void this.catchUp();
  }

  /** A member has come. @param known Where it was, as it says itself */
  admit(connection: Connection, known: RoomPosition | undefined): void {
    this.late.add(connection, known);
  }

  leave(connection: Connection): void {
    this.late.delete(connection);
  }

  /**
   * Reads what was missed. Where the engine is away, it is to be called again when that is back.
   * @returns whether the engine was there
   */
  catchUp(): Promise<boolean> {
    return (this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
      this.early = [];
    }));
  }

  private async readAll(): Promise<boolean> {
    try {
      while (!(await this.readOn())) {
        // What came meanwhile does not join on to what was read: there is more.
      }
    } catch {
      // The engine is away.
      return false;
    }
    this.late.goOn();
    return true;
  }

  /** @returns whether what came live meanwhile joins on */
  private async readOn(): Promise<boolean> {
    const { history } = this.context;
    if (!this.position) this.position = await history.head();
    else await this.readFrom(this.position);
    return this.takeEarly();
  }

  private async readFrom(from: RoomPosition): Promise<void> {
    const { head, pushes } = await this.context.history.after(from.offset);
    if (head.epoch !== from.epoch || !pushes) return this.declareGap(head);
    for (const push of pushes) this.deliver(push);
  }

  private takeEarly(): boolean {
    const early = this.early;
    this.early = [];
    for (const push of early) {
      if (this.isNext(push)) this.deliver(push);
      else if (!this.isKnown(push)) return false;
    }
    return true;
  }

  private keep(push: RoomPush): void {
    this.early.push(push);
    // What is given up here leaves a gap, which is read again.
    if (this.early.length > this.context.size) this.early.shift();
  }

  private isNext({ position }: RoomPush): boolean {
    const at = this.position!;
    return position.epoch === at.epoch && position.offset === at.offset + 1;
  }

  private isKnown({ position }: RoomPush): boolean {
    const at = this.position!;
    return position.epoch === at.epoch && position.offset <= at.offset;
  }

  private deliver(push: RoomPush): void {
    const before = this.position!;
    this.position = push.position;
    let delivered = 0;
    for (const connection of this.members) {
      if (!connection.isAuthenticated || this.late.has(connection)) continue;
      if (deliverTo(connection, push)) delivered++;
      else this.late.add(connection, before, false);
    }
    this.context.onDelivered(delivered);
  }

  /** Some of what the members did not get is gone for good. */
  private declareGap(head: RoomPosition): void {
    this.position = head;
    const missed = [...this.members].filter(({ isAuthenticated }) => isAuthenticated);
    this.context.onGap(missed.length);
    for (const connection of missed) this.late.add(connection, undefined);
  }
}
