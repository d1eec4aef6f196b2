import type { EventEmitter } from 'node:events';
import type { AnyContract, SocketContract } from '../../contract/socket-contract.js';
import { BaseSocketClient } from '../core/base-socket-client.js';
import type { SocketClientEvents } from '../core/client.events.js';
import type { SocketClientOptions } from '../core/client.options.js';
import { nodePlatform } from './node.platform.js';

/**
 * A peer of a server: connects, authenticates, comes back when the connection is lost. It needs no
 * framework; in a Nest application let `SocketClientModule` make it.
 *
 * `SocketClient<Contract>` checks names, data and responses against a `SocketContract`.
 */
export class SocketClient<C extends SocketContract = AnyContract> extends BaseSocketClient<C> {
  /** What happens to the connection. */
  declare readonly events: EventEmitter<SocketClientEvents>;

  /** @throws SocketsError `INVALID_OPTION`, with the option's name and what was expected */
  constructor(options: SocketClientOptions = {}) {
    super(options, nodePlatform);
  }
}
