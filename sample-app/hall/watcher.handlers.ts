import { Injectable } from '@nestjs/common';
import { SocketOperation } from '../../src/asyncapi/index.js';
import { SocketHandler, type ConnectedClient } from '../../src/index.js';
import { NOTHING } from '../messages.schemas.js';

const GOING_AWAY = 1001;

/** What the page asks for on any server of the hall. */
@Injectable()
export class WatcherHandlers {
  /** How long a message takes to the server and back. */
  @SocketOperation({ summary: 'What time it is, in milliseconds since 1970' })
  @SocketHandler('ping')
  ping(): number {
    return Date.now();
  }

  /** For those who want to see how a client comes back. */
  @SocketOperation({ summary: 'Closes the connection with 1001', response: NOTHING })
  @SocketHandler('cutMe')
  cutMe(_data: unknown, client: ConnectedClient): void {
    client.close(GOING_AWAY, 'cut, as you asked');
  }
}
