import { Injectable } from '@nestjs/common';
import type { ResolvedRoomOptions } from '../../options/room-options.js';
import { ROOM } from '../../protocol/message-name.js';
import { toPayload } from '../../protocol/message.js';
import type { Connection } from '../connection/connection.js';
import { HookRunner } from '../connection/hook-runner.js';

/** Asks the application for the state of a room. */
@Injectable()
export class RoomStates {
  constructor(private readonly hooks: HookRunner) {}

  /** Undefined where there is none, or it failed, which is logged. */
  async stateFor(
    room: string,
    { onJoin }: ResolvedRoomOptions,
    { client, knowsIds }: Connection,
  ): Promise<unknown> {
    // An original would not know what it is.
    if (!onJoin || !knowsIds) return undefined;
    let state: unknown;
    await this.hooks.run('The option "onJoin"', async () => {
      const given = await onJoin(client, room);
      toPayload(ROOM, given);
      state = given;
    });
    return state;
  }
}
