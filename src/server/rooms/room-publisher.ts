import { Inject, Injectable } from '@nestjs/common';
import type { RoomPosition } from '../../engine/engine.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { asText } from '../../protocol/sent-message.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import type { Target } from '../cluster/cluster-message.js';
import { Cluster } from '../cluster/cluster.js';
import type { Push } from '../connection/push.js';
import { Deliveries } from './deliveries.js';
import { noHistory } from './rooms.errors.js';

/** Sends to rooms, with and without history. */
@Injectable()
export class RoomPublisher {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly deliveries: Deliveries,
    private readonly cluster: Cluster,
  ) {}

  send(to: Target, push: Push): number {
    return this.deliveries.push(to, push);
  }

  async publish(
    rooms: readonly string[],
    except: readonly (number | string)[],
    push: Push,
  ): Promise<RoomPosition> {
    const [room] = rooms;
    if (room === undefined || rooms.length > 1) throw notOne(rooms.length);
    const { history, ttl } = this.options.rooms.optionsOf(room);
    if (history === 0) throw noHistory(room);
    // Whoever reads the history later may speak version 1, which has no bytes.
    if (this.options.versions.includes(1)) asText(push.in('data'));
    const head = { kind: 'push' as const, to: { rooms, except }, name: push.name };
    return this.cluster.publish(room, { head, payload: push.payload }, { size: history, ttl });
  }
}

function notOne(count: number): SocketsError {
  return new SocketsError(
    'INVALID_ROOM',
    `publish() is for one room, whose history has positions of its own, and not for ${count}. Call it for each.`,
  );
}
