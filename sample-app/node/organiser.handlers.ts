import { Injectable, UseGuards } from '@nestjs/common';
import { SocketOperation, SocketPush } from '../../src/asyncapi/index.js';
import { SocketHandler, SocketServer, SocketsError } from '../../src/index.js';
import { ROOMS, type HandOut, type Heard, type Peer } from '../cluster-messages.js';
import {
  CLIENT_ID,
  CLUSTER_VIEW,
  GAMES,
  HAND_OUT,
  HEARD,
  PEER,
} from '../cluster-messages.schemas.js';
import type { ClusterView } from '../live-view.js';
import type { Announcement } from '../messages.js';
import { ANNOUNCEMENT, COUNT, NOTHING } from '../messages.schemas.js';
import { OrganiserGuard } from './organiser.guard.js';

const MILLISECONDS_TO_ANSWER = 60_000;
const GONE = new Set(['CONNECTION_LOST', 'NOT_CONNECTED', 'UNKNOWN_CLIENT']);

/** What the organiser has a node do. It may ask any of them: what is sent reaches all. */
@Injectable()
@UseGuards(OrganiserGuard)
@SocketPush('judgeGames', { summary: 'There is work', payload: GAMES, response: HEARD })
@SocketPush('board', { summary: 'What there is to see', payload: CLUSTER_VIEW })
@SocketPush('announcement', { summary: 'A round is over', payload: ANNOUNCEMENT })
@SocketPush('announcementsHeard', {
  summary: 'The roll is called',
  payload: NOTHING,
  response: COUNT,
})
export class OrganiserHandlers {
  constructor(private readonly server: SocketServer) {}

  @SocketOperation({ summary: 'Who is connected to any node', response: [PEER] })
  @SocketHandler('whoIsThere')
  async whoIsThere(): Promise<Peer[]> {
    const members = await this.server.in(ROOMS.everybody).members();
    return members.map(({ id, node, since, meta }) => {
      return { id, node, since, ...(meta as Pick<Peer, 'role' | 'name' | 'version'>) };
    });
  }

  /** Has a worker work, and answers when it has; with null when it has gone. */
  @SocketOperation({ summary: 'Has a worker work', payload: HAND_OUT, response: HEARD.nullable() })
  @SocketHandler('handOut')
  handOut({ worker, games }: HandOut): Promise<Heard | null> {
    return this.ask<Heard>(worker, 'judgeGames', { games });
  }

  @SocketOperation({ summary: 'Shows a board', payload: CLUSTER_VIEW, response: NOTHING })
  @SocketHandler('publishBoard')
  async publishBoard(board: ClusterView): Promise<void> {
    await this.server.to(ROOMS.hall).publish('board', board);
  }

  @SocketOperation({ summary: 'Tells everybody', payload: ANNOUNCEMENT, response: NOTHING })
  @SocketHandler('announce')
  announce(announcement: Announcement): void {
    this.server.broadcast('announcement', announcement);
  }

  /** How often a worker has heard an announcement; null when it has gone. */
  @SocketOperation({
    summary: 'How many announcements a worker has heard',
    payload: CLIENT_ID,
    response: COUNT.nullable(),
  })
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
