import { Injectable } from '@nestjs/common';
import { RoomStatesExplorer } from '../../handlers/room-states.explorer.js';
import { matcherOf, type ResolvedRoomOptions } from '../../options/room-options.js';
import { ROOM } from '../../protocol/message-name.js';
import { toPayload } from '../../protocol/message.js';
import type { Connection } from '../connection/connection.js';
import { HookRunner } from '../connection/hook-runner.js';

interface StateSource {
  readonly label: string;
  readonly matches: (room: string) => boolean;
  readonly call: (...args: unknown[]) => unknown;
}

/** Asks the application for the state of a room: the method of a provider, or the option `onJoin`. */
@Injectable()
export class RoomStates {
  private methods: readonly StateSource[] = [];

  constructor(
    private readonly explorer: RoomStatesExplorer,
    private readonly hooks: HookRunner,
  ) {}

  /**
   * Finds what `@RoomState()` marked.
   * @throws SocketsError `INVALID_OPTION` for a pattern that is none
   */
  bind(): void {
    this.methods = this.explorer.explore().map(({ pattern, label, call }) => ({
      label,
      matches: matcherOf(pattern),
      call,
    }));
  }

  /** Undefined where there is none, or it failed, which is logged. */
  async stateFor(
    room: string,
    options: ResolvedRoomOptions,
    { client, knowsIds }: Connection,
  ): Promise<unknown> {
    const source = this.sourceOf(room, options);
    // An original would not know what it is.
    if (!source || !knowsIds) return undefined;
    let state: unknown;
    await this.hooks.run(source.label, async () => {
      const given = await source.call(client, room);
      toPayload(ROOM, given);
      state = given;
    });
    return state;
  }

  private sourceOf(
    room: string,
    { onJoin }: ResolvedRoomOptions,
  ): Pick<StateSource, 'label' | 'call'> | undefined {
    const method = this.methods.find(({ matches }) => matches(room));
    if (method) return method;
    return onJoin && { label: 'The option "onJoin"', call: onJoin as StateSource['call'] };
  }
}
