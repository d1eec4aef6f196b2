import { Injectable } from '@nestjs/common';
import { SocketOperation } from '../../src/asyncapi/index.js';
import { SocketHandler, SocketServer } from '../../src/index.js';
import { NOTHING } from '../messages.schemas.js';
import { tellParent } from '../processes/parent.js';

/** What the page asks the node that it is connected to. */
@Injectable()
export class NodeHandlers {
  constructor(private readonly server: SocketServer) {}

  @SocketOperation({ summary: 'The number of the node' })
  @SocketHandler('whichNode')
  whichNode(): number {
    return this.server.stats().cluster.node;
  }

  /** For those who want to see what becomes of a hall that loses a node. Who started it kills it. */
  @SocketOperation({ summary: 'Has the node killed', response: NOTHING })
  @SocketHandler('killNode')
  killNode(): void {
    tellParent({ wantsToBeKilled: true });
  }
}
