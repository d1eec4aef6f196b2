import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import type { LiveView } from '../live-view.js';
import { LiveHall } from './live-hall.service.js';

const GOING_AWAY = 1001;

/** What the page asks for. */
@Injectable()
export class WatcherHandlers {
  constructor(private readonly live: LiveHall) {}

  @SocketHandler('watchHall')
  watchHall(): Observable<LiveView> {
    return this.live.view$;
  }

  /** How long a message takes to the server and back. */
  @SocketHandler('ping')
  ping(): number {
    return Date.now();
  }

  /** For those who want to see how a client comes back. */
  @SocketHandler('cutMe')
  cutMe(_data: unknown, client: ConnectedClient): void {
    client.close(GOING_AWAY, 'cut, as you asked');
  }
}
