import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { HookRunner } from '../connection/hook-runner.js';
import type { AnyContract } from '../../contract/socket-contract.js';
import type { RoomMembers } from '../rooms/room-members.js';
import type { RoomTarget } from '../rooms/room-target.js';
import type { RoomTargets } from '../rooms/room-targets.js';
import type { GatewaySocket } from './gateway-socket.js';

/**
 * What `@WebSocketServer()` injects: the clients that have authenticated, each of which seals what it
 * sends. `connection` is emitted when one has authenticated, with the request of its upgrade.
 */
export class GatewayServer extends EventEmitter {
  /** Those that have authenticated, on this node. */
  readonly clients = new Set<GatewaySocket>();

  constructor(
    private readonly hooks: HookRunner,
    private readonly targets: RoomTargets,
  ) {
    super();
    // Each gateway of the application listens for connections.
    this.setMaxListeners(0);
  }

  /** The members of one or several rooms, on all nodes, as `SocketServer.to()`. */
  to(...rooms: readonly [string, ...string[]]): RoomTarget<AnyContract> {
    return this.targets.to(rooms);
  }

  /** Who is in a room, on all nodes, as `SocketServer.in()`. */
  in(room: string): RoomMembers {
    return this.targets.in(room);
  }

  /** Called by the adapter when one has authenticated. */
  add(socket: GatewaySocket, request: IncomingMessage | undefined): void {
    this.clients.add(socket);
    socket.once('close', () => this.clients.delete(socket));
    const listeners = this.rawListeners('connection');
    this.hooks.runListeners('A listener of connection', listeners, this, [socket, request]);
  }
}
