import { Injectable } from '@nestjs/common';
import { SocketHandler, SocketServer } from '../../src/index.js';
import { tellParent } from '../processes/parent.js';

/** What the page asks the node that it is connected to. */
@Injectable()
export class NodeHandlers {
  constructor(private readonly server: SocketServer) {}

  @SocketHandler('whichNode')
  whichNode(): number {
    return this.server.stats().cluster.node;
  }

  /** For those who want to see what becomes of a hall that loses a node. Who started it kills it. */
  @SocketHandler('killNode')
  killNode(): void {
    tellParent({ wantsToBeKilled: true });
  }
}
