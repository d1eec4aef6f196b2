import { SocketClient, type SocketClientOptions } from '../../src/client/index.js';
import { ROOMS, type Heard, type Judged, type Peer } from '../cluster-messages.js';
import type { ClusterView } from '../live-view.js';
import type { Announcement, Game } from '../messages.js';

const MILLISECONDS_FOR_GAMES = 60_000;
const MILLISECONDS_TO_COME_BACK = 100;

/** What the organiser hears of the nodes. */
export interface OrganiserListener {
  onJudged(judged: Judged): void;
  /** Somebody came or went, or this connection did. */
  onComings(): void;
  onBack(): void;
  /** There are verdicts of which it will never hear. */
  onGap(): void;
}

/** Where the organiser connects, and how. */
export type OrganiserConnection = Pick<SocketClientOptions, 'address' | 'authKey' | 'telemetry'>;

/** The organiser's connection to whichever node, and what it asks of it. */
export class OrganiserLink {
  private readonly client: SocketClient;
  private hasJoined = false;

  constructor(connection: OrganiserConnection, listener: OrganiserListener) {
    const { address, authKey, telemetry } = connection;
    const authData = { role: 'organiser', name: 'the organiser' };
    const reconnect = { baseDelay: MILLISECONDS_TO_COME_BACK };
    this.client = new SocketClient({ address, authKey, authData, reconnect, telemetry });
    this.client.on('judged', (judged: Judged) => listener.onJudged(judged));
    const { events } = this.client;
    events.on('joined', () => listener.onComings()).on('left', () => listener.onComings());
    events.on('reconnected', () => listener.onBack());
    events.on('room', ({ room, recovered }) => {
      if (room !== ROOMS.verdicts) return;
      if (this.hasJoined && !recovered) listener.onGap();
      this.hasJoined = true;
    });
  }

  connect(): Promise<void> {
    return this.client.connect();
  }

  close(): void {
    this.client.close();
  }

  whoIsThere(): Promise<Peer[]> {
    return this.client.request<Peer[]>('whoIsThere');
  }

  async handOut(worker: number, games: readonly Game[], signal: AbortSignal): Promise<Heard> {
    const options = { signal, timeout: MILLISECONDS_FOR_GAMES };
    return there(await this.client.request<Heard | null>('handOut', { worker, games }, options));
  }

  async publishBoard(board: ClusterView): Promise<void> {
    await this.client.request('publishBoard', board);
  }

  async announce(announcement: Announcement): Promise<void> {
    await this.client.request('announce', announcement);
  }

  /** How often a worker has heard an announcement. */
  async whatWasHeard(worker: number, signal: AbortSignal): Promise<number> {
    return there(await this.client.request<number | null>('whatWasHeard', worker, { signal }));
  }
}

/** @throws when there was nobody to answer */
function there<T>(answer: T | null): T {
  if (answer === null) throw new Error('The worker has gone');
  return answer;
}
