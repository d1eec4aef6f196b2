import { Injectable } from '@nestjs/common';

/** Whether the server of this application listens, for clients that it may have to itself. */
@Injectable()
export class ServerStartup {
  isListening: () => boolean = () => false;
}
