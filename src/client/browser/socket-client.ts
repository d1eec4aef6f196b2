import type { AnyContract, SocketContract } from '../../contract/socket-contract.js';
import { BaseSocketClient } from '../core/base-socket-client.js';
import type { SocketClientOptions } from '../core/client.options.js';
import { browserPlatform } from './browser.platform.js';

/**
 * A peer of a server, in a page: connects, authenticates, comes back when the connection is lost.
 *
 * `SocketClient<Contract>` checks names, data and responses against a `SocketContract`.
 */
export class SocketClient<C extends SocketContract = AnyContract> extends BaseSocketClient<C> {
  /** @throws SocketsError `INVALID_OPTION`, with the option's name and what was expected */
  constructor(options: SocketClientOptions = {}) {
    super(options, browserPlatform);
  }
}
