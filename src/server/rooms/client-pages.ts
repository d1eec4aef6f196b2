import { Injectable } from '@nestjs/common';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import type { ClientMeta, ConnectedClient } from '../connection/connected-client.js';
import { nodeOf } from '../../engine/engine.js';

/** A client of any node, as the others know it. */
export interface ClusterClient {
  /** Over all nodes; `sendTo()` and the like take it anywhere. */
  readonly id: number;
  /** The number of the node that it is connected to. */
  readonly node: number;
  /** As that node sees it. */
  readonly ip: string;
  /** As it was when it was asked for. */
  readonly meta: ClientMeta;
  /** The rooms that it is in. */
  readonly rooms: readonly string[];
}

const PAGE_LENGTH = 500;

/** The authenticated clients of this node, for other nodes, so many at a time. */
@Injectable()
export class ClientPages {
  constructor(private readonly registry: ConnectionRegistry) {}

  /** @param id Of the last client of the page before; 0 for the first one */
  after(id: number): ClusterClient[] {
    // Ids grow as clients come, but not all authenticate in that order.
    const ids = [...this.registry.clientMap.keys()].filter((key) => key > id).toSorted(ascending);
    return ids.slice(0, PAGE_LENGTH).map((key) => describe(this.registry.clientMap.get(key)!));
  }
}

function ascending(one: number, other: number): number {
  return one - other;
}

function describe({ id, ip, meta, rooms }: ConnectedClient): ClusterClient {
  return { id, node: nodeOf(id), ip, meta, rooms };
}
