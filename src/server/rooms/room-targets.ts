import { Injectable } from '@nestjs/common';
import type { SocketContract } from '../../contract/socket-contract.js';
import { Deliveries } from './deliveries.js';
import { Presence } from './presence.js';
import { RoomMembers } from './room-members.js';
import { RoomPublisher } from './room-publisher.js';
import { RoomTarget } from './room-target.js';

/** What `to()` and `in()` of servers return. */
@Injectable()
export class RoomTargets {
  constructor(
    private readonly publisher: RoomPublisher,
    private readonly deliveries: Deliveries,
    private readonly presence: Presence,
  ) {}

  /** @throws SocketsError `INVALID_ROOM` */
  to<C extends SocketContract>(rooms: readonly string[]): RoomTarget<C> {
    return new RoomTarget<C>(this.publisher, rooms);
  }

  /** @throws SocketsError `INVALID_ROOM` */
  in(room: string): RoomMembers {
    return new RoomMembers(room, this.deliveries, this.presence);
  }
}
