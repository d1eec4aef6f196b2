import { Logger } from '@nestjs/common';
import { SocketHandler } from '../../src/index.js';
import type { Announcement } from '../messages.js';

/** `announcement`: the round is over. It is counted, since it is to come once, from whatever node. */
@SocketHandler('announcement')
export class CountedAnnouncementHandler {
  private readonly logger = new Logger(CountedAnnouncementHandler.name);
  heard = 0;

  client({ msg, games, valid, invalid }: Announcement): void {
    this.heard++;
    this.logger.log(`${msg}: ${games} games, ${valid} valid, ${invalid} invalid`);
  }
}
