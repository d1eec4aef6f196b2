import { Injectable } from '@nestjs/common';
import type { ConnectedClient } from './connected-client.js';
import type { Connection } from './connection.js';

/** The connections of this server. The framework alone fills it. */
@Injectable()
export class ConnectionRegistry {
  /** Authenticated clients by id. */
  readonly clientMap = new Map<number, ConnectedClient>();
  private readonly connections = new Map<number, Connection>();
  private readonly authenticated = new Map<number, Connection>();

  get size(): number {
    return this.connections.size;
  }

  get(id: number): Connection | undefined {
    return this.connections.get(id);
  }

  all(): IterableIterator<Connection> {
    return this.connections.values();
  }

  allAuthenticated(): IterableIterator<Connection> {
    return this.authenticated.values();
  }

  getAuthenticated(id: number): Connection | undefined {
    return this.authenticated.get(id);
  }

  add(connection: Connection): void {
    this.connections.set(connection.client.id, connection);
  }

  addAuthenticated(connection: Connection): void {
    this.authenticated.set(connection.client.id, connection);
    this.clientMap.set(connection.client.id, connection.client);
  }

  remove({ client: { id } }: Connection): void {
    this.connections.delete(id);
    this.authenticated.delete(id);
    this.clientMap.delete(id);
  }
}
