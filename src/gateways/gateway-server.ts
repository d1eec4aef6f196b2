import { EventEmitter } from 'node:events';
import type { GatewaySocket } from './gateway-socket.js';

/**
 * What `@WebSocketServer()` injects: the clients that have authenticated, each of which seals what it
 * sends. `connection` is emitted when one has authenticated.
 */
export class GatewayServer extends EventEmitter {
  readonly clients = new Set<GatewaySocket>();

  add(socket: GatewaySocket): void {
    this.clients.add(socket);
    socket.once('close', () => this.clients.delete(socket));
    this.emit('connection', socket);
  }
}
