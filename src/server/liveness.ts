import type { Socket } from 'node:net';

/** Whether a peer gives signs of life: any byte that came since the last heartbeat is one. */
export class Liveness {
  private bytesAtLastBeat = 0;
  private missed = 0;

  constructor(private readonly socket: Socket) {}

  /**
   * To be called once per heartbeat interval.
   * @param isExcused The peer was not read, so its silence says nothing
   * @returns how many intervals in a row were silent
   */
  beat(isExcused: boolean): number {
    const { bytesRead } = this.socket;
    const isSilent = bytesRead === this.bytesAtLastBeat;
    this.bytesAtLastBeat = bytesRead;
    this.missed = isSilent && !isExcused ? this.missed + 1 : 0;
    return this.missed;
  }
}
