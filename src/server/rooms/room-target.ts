import type {
  PushData,
  PushName,
  SocketContract,
  WithData,
} from '../../contract/socket-contract.js';
import type { RoomPosition } from '../../engine/engine.js';
import { assertRoomName } from '../../protocol/room-name.js';
import { Push } from '../connection/push.js';
import type { RoomPublisher } from './room-publisher.js';

/** The members of one or several rooms, on all nodes: what `SocketServer.to()` returns. */
export class RoomTarget<C extends SocketContract> {
  constructor(
    private readonly publisher: RoomPublisher,
    private readonly rooms: readonly string[],
    private readonly left: readonly (number | string)[] = [],
  ) {
    for (const room of rooms) assertRoomName(room);
  }

  /** Leaves out clients by their id, or the members of other rooms. */
  except(...left: readonly (number | string)[]): RoomTarget<C> {
    return new RoomTarget(this.publisher, this.rooms, [...this.left, ...left]);
  }

  /**
   * Pushes to the members, each once however many of the rooms it is in. Nothing of it is kept: who is
   * away misses it.
   * @returns how many got it on this node
   * @throws SocketsError `INVALID_MESSAGE`
   */
  send<N extends PushName<C>>(request: N, ...[data]: WithData<PushData<C, N>>): number {
    const { rooms, left: except } = this;
    return this.publisher.send({ rooms, except }, Push.of(request, data));
  }

  /**
   * Stores a push in the history of the room, and delivers it to all members in the order of its position:
   * to each exactly once, also to who was away for a moment, or with a gap that the member is told of
   * (PROTOCOL.md, section 11).
   * @returns its position, when it is stored
   * @throws SocketsError `NO_HISTORY` for a room without `history`; `ENGINE_UNAVAILABLE`, and then it may
   * or may not have been stored; `INVALID_MESSAGE`, also for bytes while the option `versions` takes
   * version 1; `INVALID_ROOM` for several rooms
   */
  async publish<N extends PushName<C>>(
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): Promise<RoomPosition> {
    return this.publisher.publish(this.rooms, this.left, Push.of(request, data));
  }
}
