import { ROOM } from '../../protocol/message-name.js';
import type { WireMessage } from '../../protocol/message.js';
import type { RoomMessage } from '../../protocol/room-message.js';
import type { ClientEvents } from './client.events.js';
import { emitEvent } from './emit-event.js';

/** What `auth` names of them: so that it stays well below what servers take before it (R11.7). */
const MAX_ROOMS = 1_000;
const MAX_NAMED_LENGTH = 2_048;

interface Position {
  readonly epoch: string;
  offset: number;
}

/** Which messages of which rooms this client has had, over all of its connections. */
export class RoomPositions {
  private readonly positions = new Map<string, Position>();

  constructor(private readonly events: ClientEvents) {}

  /**
   * What a message says of a room.
   * @returns whether it says nothing else
   */
  take({ request, room, offset, data }: WireMessage): boolean {
    if (request === ROOM) {
      if (isNotice(data)) this.takeNotice(data);
      return true;
    }
    if (room !== undefined) this.move(room, offset);
    return false;
  }

  /** For the next `auth`, the newest rooms first; undefined where there is nothing to name. */
  named(): Record<string, [epoch: string, offset: number]> | undefined {
    const named: Record<string, [string, number]> = {};
    let length = 0;
    for (const [room, { epoch, offset }] of [...this.positions].toReversed()) {
      length += JSON.stringify([room, epoch, offset]).length;
      if (length > MAX_NAMED_LENGTH) break;
      named[room] = [epoch, offset];
    }
    return length === 0 ? undefined : named;
  }

  private takeNotice(notice: RoomMessage): void {
    const { room } = notice;
    if (notice.event === 'moved') return this.move(room, notice.offset);
    if (notice.event === 'exited') return void this.positions.delete(room);
    if (notice.event !== 'entered') {
      return void emitEvent(this.events, notice.event, { room, member: notice.member });
    }
    const { epoch, offset, recovered, state } = notice;
    this.enter(room, { epoch, offset });
    const position = { epoch, offset };
    emitEvent(this.events, 'room', {
      room,
      recovered,
      position,
      ...(state !== undefined && { state }),
    });
  }

  private enter(room: string, position: Position): void {
    this.positions.delete(room);
    this.positions.set(room, position);
    if (this.positions.size > MAX_ROOMS) this.positions.delete(this.positions.keys().next().value!);
  }

  private move(room: unknown, offset: unknown): void {
    const position = this.positions.get(room as string);
    if (position && Number.isSafeInteger(offset)) position.offset = offset as number;
  }
}

// Whatever else it says comes from the server, which may be newer than this client.
const EVENTS: readonly unknown[] = ['entered', 'moved', 'exited', 'joined', 'left'];

function isNotice(data: unknown): data is RoomMessage {
  if (typeof data !== 'object' || data === null) return false;
  const { event, room } = data as Partial<RoomMessage>;
  return EVENTS.includes(event) && typeof room === 'string';
}
