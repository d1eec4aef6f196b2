import { Inject, Injectable } from '@nestjs/common';
import {
  BEAT_INTERVAL,
  LEASE,
  roomChannel,
  type EngineSession,
  type HistoryBounds,
  type HistoryEntry,
  type LostMember,
  type RoomPosition,
} from '../../engine/engine.js';
import { messageOf } from '../../logging/log-text.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { ClusterCounts, type ClusterStats } from './cluster-counts.js';
import { ClusterFrames } from './cluster-frames.js';
import type { ClusterMessage } from './cluster-message.js';
import { ClusterOutbox } from './cluster-outbox.js';
import { clusterSecrets } from './cluster-secrets.js';
import { engineUnavailable } from './cluster.errors.js';

/** Everybody listens to it. */
export const ALL_NODES = 'all';

/** Where one node listens. */
export function nodeChannel(node: number): string {
  return `node:${node}`;
}

/** What comes from the other nodes, and what becomes of them. */
export interface ClusterListener {
  onMessage(message: ClusterMessage): void;
  /** A message was published to a room of this node's. */
  onPublished(room: string, position: RoomPosition, message: ClusterMessage): void;
  /** Which nodes live. */
  onNodes(): void;
  /** Nodes died, and these were in rooms. */
  onLeft(members: readonly LostMember[]): void;
  /** The engine can be reached again: what was published meanwhile was missed. */
  onReturned(): void;
  /**
   * What this node had written into the engine is gone.
   * @param isNews Whether the others took it for dead meanwhile
   */
  onForgotten(isNews: boolean): void;
}

/** This node among the others: what it sends them, sealed, and the signs of life that it gives. */
@Injectable()
export class Cluster {
  /** The nodes that live, as of the last sign of life. */
  nodes: readonly number[] = [];
  isAvailable = false;
  private readonly outbox = new ClusterOutbox({
    isReady: () => this.isAvailable,
    transmit: (channel, messages) => this.transmit(channel, messages),
    onDropped: () => this.frames?.dropped('the engine is away'),
  });
  private connected: EngineSession | undefined;
  private listener: ClusterListener | undefined;
  private frames: ClusterFrames | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** When the last sign of life was given. */
  private beatAt = Infinity;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly counts: ClusterCounts,
  ) {}

  /** Whether there may be other nodes. */
  get isShared(): boolean {
    return this.options.engine.isShared;
  }

  /** The number of this node. */
  get node(): number {
    return this.connected?.node ?? 0;
  }

  /** @throws SocketsError `ENGINE_UNAVAILABLE` before the application has started */
  get session(): EngineSession {
    if (this.connected) return this.connected;
    throw engineUnavailable('This');
  }

  /** @throws SocketsError `ENGINE_UNAVAILABLE` */
  async start(listener: ClusterListener): Promise<void> {
    if (this.connected) return;
    this.listener = listener;
    this.frames = new ClusterFrames(await clusterSecrets(this.options), this.counts);
    this.connected = await this.options.engine.connect({
      onFrame: (channel, frame) => this.take(channel, frame),
      onEntry: (room, entry) => this.takeEntry(room, entry),
      onAvailable: (isAvailable) => this.onAvailable(isAvailable),
    });
    this.isAvailable = true;
    if (this.isShared) await this.join();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.announce('down');
    this.outbox.flush();
    await this.connected?.close();
    this.isAvailable = false;
  }

  /** Sends to the nodes that listen to a channel; in a process of its own there are none. */
  send(channel: string, message: ClusterMessage): void {
    if (this.isShared && this.connected) this.outbox.add(channel, message);
  }

  /**
   * Stores a message in the history of a room, whose nodes get it from there.
   * @throws SocketsError `ENGINE_UNAVAILABLE`
   */
  async publish(
    room: string,
    message: ClusterMessage,
    bounds: HistoryBounds,
  ): Promise<RoomPosition> {
    // What was said before it in this turn goes first.
    this.outbox.flush();
    const frame = this.frames?.sealMessage(roomChannel(room), message);
    if (!frame || !this.isAvailable) throw engineUnavailable('publish()');
    this.counts.framesOut++;
    return this.session.append(room, frame, bounds);
  }

  /** Seals what only nodes may read in the engine. */
  seal(place: string, content: Buffer): Buffer {
    return this.frames!.seal(place, content);
  }

  /** Undefined for what nobody of us sealed. */
  openStored(place: string, frame: Buffer): Buffer | undefined {
    return this.frames!.openStored(place, frame);
  }

  /** The message of an entry that was read from a room's history. */
  openEntry(room: string, { frame }: HistoryEntry): ClusterMessage | undefined {
    return this.frames!.openEntry(roomChannel(room), frame);
  }

  stats(): ClusterStats {
    const { node, isAvailable } = this;
    return { node, nodes: Math.max(1, this.nodes.length), isAvailable, ...this.counts.read() };
  }

  private async join(): Promise<void> {
    const { session } = this;
    await Promise.all([session.subscribe(ALL_NODES), session.subscribe(nodeChannel(session.node))]);
    await this.beat();
    this.announce('up');
    this.timer = setInterval(() => void this.beat(), BEAT_INTERVAL).unref();
  }

  /** So that the others need not wait for the next sign of life. */
  private announce(event: 'up' | 'down'): void {
    this.send(ALL_NODES, { head: { kind: 'node', event, node: this.node } });
  }

  private async beat(): Promise<void> {
    try {
      const { wasAlive, nodes, left } = await this.session.beat();
      this.changeNodes(nodes);
      if (left.length > 0) this.listener?.onLeft(left);
      if (!wasAlive) this.listener?.onForgotten(performance.now() - this.beatAt > LEASE);
      this.beatAt = performance.now();
    } catch {
      // The engine says by itself when it is away, and when it is back.
    }
  }

  private onAvailable(isAvailable: boolean): void {
    this.isAvailable = isAvailable;
    if (!isAvailable) return;
    this.outbox.resume();
    void this.beat();
    this.listener?.onReturned();
  }

  private transmit(channel: string, messages: Buffer): void {
    const frames = this.frames!;
    this.counts.framesOut++;
    this.session
      .publish(channel, frames.seal(channel, messages))
      .catch((error: unknown) => frames.dropped(messageOf(error)));
  }

  private take(channel: string, frame: Buffer): void {
    for (const message of this.frames!.openLive(channel, frame)) {
      if (message.head.kind === 'node') this.hear(message.head);
      else this.listener?.onMessage(message);
    }
  }

  private hear({ event, node }: { event: 'up' | 'down'; node: number }): void {
    const others = this.nodes.filter((known) => known !== node);
    this.changeNodes(event === 'up' ? [...others, node] : others);
  }

  private changeNodes(nodes: readonly number[]): void {
    this.nodes = nodes;
    this.listener?.onNodes();
  }

  private takeEntry(room: string, entry: HistoryEntry): void {
    const message = this.frames!.openLiveEntry(roomChannel(room), entry.frame);
    if (message) this.listener?.onPublished(room, entry, message);
  }
}
