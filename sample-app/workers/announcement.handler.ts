import { Logger } from '@nestjs/common';
import { SocketHandler } from '../../src/index.js';
import type { Announcement } from '../messages.js';
import { Shift } from './shift.service.js';

/** `announcement`: the round is over, and so is the worker's shift. */
@SocketHandler('announcement')
export class AnnouncementHandler {
  private readonly logger = new Logger(AnnouncementHandler.name);

  constructor(private readonly shift: Shift) {}

  client({ msg, games, valid, invalid }: Announcement): void {
    this.logger.log(`${msg}: ${games} games, ${valid} valid, ${invalid} invalid`);
    this.shift.end();
  }
}
