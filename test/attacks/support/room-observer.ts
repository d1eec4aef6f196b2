import { SocketClient } from '../../../src/client/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import type { Observation, ObservedRoom } from './history-checker.js';
import type { NodeCredentials } from './node.process.js';

interface Move {
  readonly room: string;
  readonly value: string;
}

const RECONNECT = { baseDelay: 50, maxDelay: 500 };

/** A client that stays in its rooms whatever happens, and notes what it sees of them. */
export class RoomObserver {
  private readonly client: SocketClient;
  private readonly seen = new Map<string, Observation[]>();
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly name: string,
    address: string,
    rooms: readonly string[],
  ) {
    const authData = { name, rooms } satisfies Omit<NodeCredentials, 'authKey'>;
    for (const room of rooms) this.seen.set(room, []);
    this.client = new SocketClient({
      address,
      authKey: AUTH_KEY,
      authData,
      reconnect: RECONNECT,
      connectTimeout: 3_000,
    });
    this.client.on('move', ({ room, value }: Move) => this.note(room, { kind: 'message', value }));
    this.client.events.on('room', ({ room, recovered, position }) =>
      this.note(room, { kind: 'entered', recovered, ...position }),
    );
  }

  connect(): Promise<void> {
    return this.client.connect();
  }

  close(): void {
    this.client.close();
  }

  observed(): ObservedRoom[] {
    return [...this.seen].map(([room, observations]) => ({
      member: this.name,
      room,
      observations,
    }));
  }

  /** Resolves when it has seen a message of a room, or has entered behind it. */
  async untilAt(
    room: string,
    value: string,
    place: { epoch: string; offset: number },
  ): Promise<void> {
    while (!this.isAt(room, value, place)) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private isAt(room: string, value: string, place: { epoch: string; offset: number }): boolean {
    return this.seen
      .get(room)!
      .some((one) =>
        one.kind === 'message'
          ? one.value === value
          : one.epoch === place.epoch && one.offset >= place.offset,
      );
  }

  private note(room: string, observation: Observation): void {
    this.seen.get(room)!.push(observation);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
