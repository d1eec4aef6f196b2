import { Injectable } from '@nestjs/common';
import { toErrorBody } from '../../protocol/error-body.js';
import { toPayload, type Payload } from '../../protocol/message.js';
import { parseSafely } from '../../protocol/safe-json.js';
import { PendingReplies } from '../../protocol/pending-replies.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { isSocketsError, RemoteError, SocketsError } from '../../protocol/sockets.errors.js';
import { messageOf } from '../../logging/log-text.js';
import type {
  ClusterCall,
  ClusterFailure,
  ClusterHead,
  ClusterMessage,
} from './cluster-message.js';
import { Cluster, nodeChannel } from './cluster.js';
import { engineUnavailable, nodeLost } from './cluster.errors.js';

type Call = Extract<ClusterHead, { kind: 'call' }>;
type Answer = Extract<ClusterHead, { kind: 'answer' }>;

/** What one node asks another one for, and waits for. */
@Injectable()
export class ClusterCalls {
  private readonly byNode = new Map<number, PendingReplies>();

  constructor(private readonly cluster: Cluster) {}

  /**
   * @param label What the errors call it
   * @throws SocketsError `ENGINE_UNAVAILABLE`, `CONNECTION_LOST` when the node died; RemoteError,
   * RequestTimeoutError, RequestAbortedError
   */
  async call(
    node: number,
    label: string,
    call: ClusterCall,
    data: unknown,
    options: RequestOptions,
  ): Promise<unknown> {
    const { cluster } = this;
    if (!cluster.isAvailable) throw engineUnavailable(`"${label}" of a client on another node`);
    if (!cluster.nodes.includes(node)) throw nodeLost(node);
    const payload = toPayload(label, data);
    return this.pendingOf(node).wait(label, options, (id) =>
      cluster.send(nodeChannel(node), {
        head: { kind: 'call', id, from: cluster.node, call },
        payload,
      }),
    );
  }

  settle({ id, from, error }: Answer, payload: Payload): void {
    const pending = this.byNode.get(from);
    if (error === undefined) pending?.resolve(id, valueOf(payload));
    else pending?.reject(id, toError(error));
  }

  /** Has a call done, and sends what came of it. */
  async serve(
    { id, from, call }: Call,
    payload: Payload,
    run: (call: ClusterCall, data: unknown) => Promise<unknown>,
  ): Promise<void> {
    const answer = (error?: ClusterFailure, result?: Payload) =>
      this.cluster.send(nodeChannel(from), {
        head: { kind: 'answer', id, from: this.cluster.node, ...(error && { error }) },
        payload: result,
      } satisfies ClusterMessage);
    try {
      const result = await run(call, valueOf(payload));
      answer(undefined, toPayload(call.method, result));
    } catch (error) {
      answer(toFailure(error));
    }
  }

  /** Nobody may wait for a node that is gone. */
  forgetDead(): void {
    for (const [node, pending] of this.byNode) {
      if (this.cluster.nodes.includes(node)) continue;
      pending.rejectAll(() => nodeLost(node));
      this.byNode.delete(node);
    }
  }

  /** This node is going. */
  end(): void {
    for (const [node, pending] of this.byNode) pending.rejectAll(() => nodeLost(node));
    this.byNode.clear();
  }

  private pendingOf(node: number): PendingReplies {
    const pending = this.byNode.get(node) ?? new PendingReplies();
    this.byNode.set(node, pending);
    return pending;
  }
}

function valueOf(payload: Payload): unknown {
  return typeof payload === 'string' ? parseSafely(payload) : payload;
}

function toFailure(error: unknown): ClusterFailure {
  if (error instanceof RemoteError) return { ...toErrorBody(error), isRemote: true };
  if (isSocketsError(error)) return { ...toErrorBody(error), isRemote: false };
  return { code: 'INTERNAL', message: messageOf(error), isRemote: false };
}

function toError({ isRemote, ...body }: ClusterFailure): Error {
  if (isRemote) return new RemoteError('request', body);
  return new SocketsError(body.code, body.message);
}
