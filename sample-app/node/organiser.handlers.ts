import { Injectable, UseGuards } from '@nestjs/common';
import { SocketHandler, SocketServer, SocketsError } from '../../src/index.js';
import { ROOMS, type HandOut, type Heard, type Peer } from '../cluster-messages.js';
import type { ClusterView } from '../live-view.js';
import type { Announcement } from '../messages.js';
import { OrganiserGuard } from './organiser.guard.js';

const MILLISECONDS_TO_ANSWER = 60_000;
const GONE = new Set(['CONNECTION_LOST', 'NOT_CONNECTED', 'UNKNOWN_CLIENT']);

/** What the organiser has a node do. It may ask any of them: what is sent reaches all. */
@Injectable()
@UseGuards(OrganiserGuard)
export class OrganiserHandlers {
  constructor(private readonly server: SocketServer) {}

  @SocketHandler('whoIsThere')
  async whoIsThere(): Promise<Peer[]> {
    const members = await this.server.in(ROOMS.everybody).members();
    return members.map(({ id, node, since, meta }) => {
      return { id, node, since, ...(meta as Pick<Peer, 'role' | 'name' | 'version'>) };
    });
  }

  /** Has a worker work, and answers when it has; with null when it has gone. */
  @SocketHandler('handOut')
  handOut({ worker, games }: HandOut): Promise<Heard | null> {
    return this.ask<Heard>(worker, 'judgeGames', { games });
  }

  @SocketHandler('publishBoard')
  async publishBoard(board: ClusterView): Promise<void> {
    await this.server.to(ROOMS.hall).publish('board', board);
  }

  @SocketHandler('announce')
  announce(announcement: Announcement): void {
    this.server.broadcast('announcement', announcement);
  }

  /** How often a worker has heard an announcement; null when it has gone. */
  @SocketHandler('whatWasHeard')
  whatWasHeard(worker: number): Promise<number | null> {
    return this.ask<number>(worker, 'announcementsHeard');
  }

  private async ask<T>(worker: number, name: string, data?: unknown): Promise<T | null> {
    try {
      return await this.server.request<T>(worker, name, data, { timeout: MILLISECONDS_TO_ANSWER });
    } catch (error) {
      // Workers come and go, and nodes too: that is no failure of this handler.
      if (error instanceof SocketsError && GONE.has(error.code)) return null;
      throw error;
    }
  }
}
