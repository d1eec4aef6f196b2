import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { DEFAULT_REQUEST_TIMEOUT } from '../../protocol/pending-replies.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { ClusterCalls } from '../cluster/cluster-calls.js';
import { Cluster } from '../cluster/cluster.js';
import { unknownClient } from '../cluster/cluster.errors.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import { ClientPages, type ClusterClient } from './client-pages.js';
import { nodeOf } from '../../engine/engine.js';

const PAGE_TIMEOUT = 5_000;

/** The clients of all nodes: who they are, and what they answer. */
@Injectable()
export class AllClients {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
    private readonly cluster: Cluster,
    private readonly calls: ClusterCalls,
    private readonly pages: ClientPages,
  ) {}

  /** Those of this node first. A node that is taken for dead meanwhile is left out from there on. */
  async *each(): AsyncIterableIterator<ClusterClient> {
    yield* this.ofNode(async (after) => this.pages.after(after));
    for (const node of this.cluster.nodes) {
      if (node === this.cluster.node) continue;
      yield* this.ofNode((after) => this.pageOf(node, after));
    }
  }

  async ask(id: number, name: string, data: unknown, options: RequestOptions): Promise<unknown> {
    const connection = this.registry.getAuthenticated(id);
    if (connection) return connection.ask(name, data, options);
    const node = nodeOf(id);
    if (node === this.cluster.node || !this.cluster.nodes.includes(node)) throw unknownClient(id);
    const timeout = forOthers(options.timeout);
    const call = (trace?: string) => {
      const ask = { method: 'ask' as const, client: id, name, timeout, trace };
      return this.calls.call(node, name, ask, data, options);
    };
    const tracing = this.options.telemetry?.tracing;
    return tracing ? tracing.around({ kind: 'call', name }, call) : call();
  }

  private async *ofNode(
    page: (after: number) => Promise<readonly ClusterClient[]>,
  ): AsyncIterableIterator<ClusterClient> {
    for (let after = 0; ;) {
      const clients = await page(after);
      yield* clients;
      const last = clients.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  private async pageOf(node: number, after: number): Promise<readonly ClusterClient[]> {
    try {
      const call = { method: 'clients' as const, after };
      const options = { timeout: PAGE_TIMEOUT };
      return (await this.calls.call(
        node,
        'clients()',
        call,
        undefined,
        options,
      )) as ClusterClient[];
    } catch (error) {
      if (this.cluster.isAvailable && !this.cluster.nodes.includes(node)) return [];
      throw error;
    }
  }
}

/** As JSON has it, which knows no Infinity. */
function forOthers(timeout: number | undefined): number | null {
  return timeout === Infinity ? null : (timeout ?? DEFAULT_REQUEST_TIMEOUT);
}
