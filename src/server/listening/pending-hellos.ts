import type { Socket } from 'node:net';
import type { HelloSession } from '../connection/hello-desk.js';
import type { ConnectionPlace } from '../operations/connection-counts.js';
import type { HelloGate } from './hello-gate.js';
import { refuse, type PendingUpgrades, type Refusal } from './pending-upgrades.js';

/** Hellos that nobody has decided about yet, and those whose refusal is held back. */
export class PendingHellos {
  constructor(
    private readonly gate: HelloGate,
    private readonly undecided: PendingUpgrades,
    private readonly time: number,
  ) {}

  async take(
    socket: Socket,
    place: ConnectionPlace,
    subprotocols: readonly string[],
    accept: (session: HelloSession) => void,
  ): Promise<void> {
    this.undecided.add(socket, this.time, (reason) => {
      if (reason === 'late') refuse(socket, this.gate.keyStoreIsLate(place.ip));
    });
    const answer = await this.gate.answer(subprotocols, place.ip);
    if (!this.undecided.take(socket)) return;
    if ('status' in answer) this.refuse(socket, place, answer);
    else accept(answer);
  }

  /** PROTOCOL.md R8.2: of an address with too many failures, nobody who fails is told soon. */
  private refuse(socket: Socket, place: ConnectionPlace, refusal: Refusal): void {
    const silence = this.gate.silenceFor(refusal, place.ip);
    if (silence === 0) return refuse(socket, refusal);
    place.keepFor(silence);
    this.undecided.add(socket, silence, (reason) => {
      if (reason === 'late') refuse(socket, refusal);
    });
  }
}
