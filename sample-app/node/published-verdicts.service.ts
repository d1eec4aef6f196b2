import { Injectable } from '@nestjs/common';
import { SocketPush } from '../../src/asyncapi/index.js';
import { SocketServer } from '../../src/index.js';
import { JUDGED } from '../cluster-messages.schemas.js';
import { ROOMS, type Judged } from '../cluster-messages.js';
import type { Verdict } from '../games/verdict.js';
import { VerdictBook } from '../hall/verdict-book.js';

/**
 * Has the organiser told of each verdict, on whatever node it is. A worker hears a verdict only when
 * it is stored, so none is lost with a node.
 */
@Injectable()
@SocketPush('judged', { summary: 'Some node gave a verdict', payload: JUDGED })
export class PublishedVerdicts implements VerdictBook {
  constructor(private readonly server: SocketServer) {}

  async recordVerdict(gameId: number | undefined, verdict: Verdict): Promise<void> {
    if (gameId === undefined) return;
    const judged: Judged = { gameId, verdict };
    await this.server.to(ROOMS.verdicts).publish('judged', judged);
  }
}
