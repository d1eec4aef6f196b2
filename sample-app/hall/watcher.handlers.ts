import { Injectable } from '@nestjs/common';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';

const GOING_AWAY = 1001;

/** What the page asks for on any server of the hall. */
@Injectable()
export class WatcherHandlers {
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
