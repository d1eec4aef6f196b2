import { Injectable } from '@nestjs/common';
import type { ServerLoadFigures } from '../contract/telemetry.js';
import { ConnectionRegistry } from './connection/connection-registry.js';
import { Rooms } from './rooms/rooms.js';

/** What waits in a server, looked up at each connection: for somebody who asks now and then. */
@Injectable()
export class ServerLoad {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly rooms: Rooms,
  ) {}

  read(): ServerLoadFigures {
    let [handlersInFlight, messagesWaiting, bytesToSend] = [0, 0, 0];
    for (const { intake, sender } of this.registry.all()) {
      handlersInFlight += intake.inbox.handlersInFlight;
      messagesWaiting += intake.waitingMessages;
      bytesToSend += sender.waitingBytes;
    }
    return { handlersInFlight, messagesWaiting, bytesToSend, rooms: this.rooms.size };
  }
}
