import { SocketHandler } from '../../src/index.js';
import { CountedAnnouncementHandler } from './counted-announcement.handler.js';

/** `announcementsHeard`: the organiser calls the roll, and learns that it is heard everywhere. */
@SocketHandler('announcementsHeard')
export class AnnouncementsHeardHandler {
  constructor(private readonly announcements: CountedAnnouncementHandler) {}

  client(): number {
    return this.announcements.heard;
  }
}
