import type { HistoryPage, RoomPosition } from '../../engine/engine.js';
import type { ResolvedRoomOptions } from '../../options/room-options.js';
import type { Cluster } from '../cluster/cluster.js';
import { RoomPush } from './room-push.js';

/** What was published to a room behind a position. */
export interface MissedMessages {
  readonly head: RoomPosition;
  /** In order; undefined when some of it is gone, or cannot be believed. */
  readonly pushes: readonly RoomPush[] | undefined;
}

// Larger than any offset: nothing stands behind it, so only the head is read.
const AT_THE_END = Number.MAX_SAFE_INTEGER;

/** Reads what a room keeps in the engine. Many who missed the same ask once. */
export class RoomHistory {
  private readonly underWay = new Map<number, Promise<MissedMessages>>();

  constructor(
    private readonly room: string,
    private readonly options: ResolvedRoomOptions,
    private readonly cluster: Cluster,
  ) {}

  /** @throws SocketsError `ENGINE_UNAVAILABLE` */
  async head(): Promise<RoomPosition> {
    return (await this.cluster.session.read(this.room, AT_THE_END, 1)).head;
  }

  /** @throws SocketsError `ENGINE_UNAVAILABLE` */
  after(offset: number): Promise<MissedMessages> {
    const known = this.underWay.get(offset);
    if (known) return known;
    const reading = this.read(offset).finally(() => this.underWay.delete(offset));
    this.underWay.set(offset, reading);
    return reading;
  }

  private async read(offset: number): Promise<MissedMessages> {
    const page = await this.cluster.session.read(this.room, offset, this.options.history);
    return { head: page.head, pushes: this.open(page, offset) };
  }

  private open({ head, entries }: HistoryPage, offset: number): RoomPush[] | undefined {
    if (head.offset - offset !== entries.length) return undefined;
    const pushes: RoomPush[] = [];
    for (const [index, entry] of entries.entries()) {
      const message = this.cluster.openEntry(this.room, entry);
      if (!message || entry.offset !== offset + index + 1) return undefined;
      pushes.push(new RoomPush(this.room, entry, message));
    }
    return pushes;
  }
}
