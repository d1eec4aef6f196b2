import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ClusterOpener,
  ClusterSealer,
  UnknownFrameVersionError,
} from '../../envelope/cluster-frame.js';
import {
  BEAT_INTERVAL,
  roomChannel,
  type EngineSession,
  type HistoryBounds,
  type HistoryEntry,
  type RoomMember,
  type RoomPosition,
} from '../../engine/engine.js';
import { BoundedLog } from '../../logging/bounded-log.js';
import { messageOf } from '../../logging/log-text.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { decodeMessages, encodeMessages } from './cluster-codec.js';
import { ClusterCounts, type ClusterStats } from './cluster-counts.js';
import type { ClusterMessage } from './cluster-message.js';
import { ClusterOutbox } from './cluster-outbox.js';
import { clusterSecrets } from './cluster-secrets.js';
import { engineUnavailable } from './cluster.errors.js';

/** Everybody listens to it. */
export const ALL_NODES = 'all';

const ONE_LINE_A_MINUTE = { window: 60_000, lines: 1 };

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
  onLeft(members: readonly RoomMember[]): void;
  /** The engine can be reached again: what was published meanwhile was missed. */
  onReturned(): void;
  /** The others took this node for dead: what it had written into the engine is gone. */
  onForgotten(): void;
}

/** This node among the others: what it sends them, sealed, and the signs of life that it gives. */
@Injectable()
export class Cluster {
  /** The nodes that live, as of the last sign of life. */
  nodes: readonly number[] = [];
  isAvailable = false;
  private readonly logger = new Logger('SocketsCluster');
  private readonly log = new BoundedLog((line) => this.logger.warn(line), ONE_LINE_A_MINUTE);
  private readonly outbox = new ClusterOutbox({
    isReady: () => this.isAvailable,
    transmit: (channel, messages) => this.transmit(channel, messages),
    onDropped: () => this.dropped('the engine is away'),
  });
  private connected: EngineSession | undefined;
  private listener: ClusterListener | undefined;
  private sealer: ClusterSealer | undefined;
  private opener: ClusterOpener | undefined;
  private timer: NodeJS.Timeout | undefined;

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
    const secrets = await clusterSecrets(this.options);
    this.sealer = new ClusterSealer(secrets[0]!);
    this.opener = new ClusterOpener(secrets);
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
    const frame = this.sealer?.seal(roomChannel(room), encodeMessages([message]));
    if (!frame || !this.isAvailable) throw engineUnavailable('publish()');
    this.counts.framesOut++;
    return this.session.append(room, frame, bounds);
  }

  /** Seals what only nodes may read in the engine. */
  seal(place: string, content: Buffer): Buffer {
    return this.sealer!.seal(place, content);
  }

  /** What was sealed at some time. Returns undefined, counted and logged, for what nobody of us sealed. */
  openStored(place: string, frame: Buffer): Buffer | undefined {
    return this.attempt(place, () => this.opener!.openStored(place, frame));
  }

  /** The message of an entry that was read from a room's history. */
  openEntry(room: string, { frame }: HistoryEntry): ClusterMessage | undefined {
    const channel = roomChannel(room);
    return this.attempt(channel, () => decodeMessages(this.opener!.openStored(channel, frame))[0]);
  }

  stats(): ClusterStats {
    const { framesOut, framesIn, framesDropped, framesRejected, framesSkipped, gaps } = this.counts;
    const { node, isAvailable } = this;
    return {
      node,
      isAvailable,
      framesOut,
      framesIn,
      framesDropped,
      framesRejected,
      framesSkipped,
      gaps,
    };
  }

  private async join(): Promise<void> {
    const { session } = this;
    await Promise.all([session.subscribe(ALL_NODES), session.subscribe(nodeChannel(session.node))]);
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT_INTERVAL).unref();
  }

  private async beat(): Promise<void> {
    try {
      const { wasAlive, nodes, left } = await this.session.beat();
      this.nodes = nodes;
      this.listener?.onNodes();
      if (left.length > 0) this.listener?.onLeft(left);
      if (!wasAlive) this.listener?.onForgotten();
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
    this.counts.framesOut++;
    const frame = this.sealer!.seal(channel, messages);
    this.session.publish(channel, frame).catch((error: unknown) => this.dropped(messageOf(error)));
  }

  private dropped(why: string): void {
    this.counts.framesDropped++;
    this.log.log('dropped', () => `A frame for other nodes is lost: ${why}`);
  }

  private take(channel: string, frame: Buffer): void {
    if (this.sealer!.isOwn(frame)) return;
    const messages = this.attempt(channel, () =>
      decodeMessages(this.opener!.openLive(channel, frame)),
    );
    for (const message of messages ?? []) this.listener?.onMessage(message);
  }

  private takeEntry(room: string, entry: HistoryEntry): void {
    const channel = roomChannel(room);
    const messages = this.attempt(channel, () =>
      decodeMessages(this.opener!.openLive(channel, entry.frame)),
    );
    const [message] = messages ?? [];
    if (message) this.listener?.onPublished(room, entry, message);
  }

  /** What does not open was not sent by us: it is dropped, counted and logged. */
  private attempt<T>(channel: string, open: () => T): T | undefined {
    try {
      const opened = open();
      this.counts.framesIn++;
      return opened;
    } catch (error) {
      this.refuse(channel, error);
      return undefined;
    }
  }

  private refuse(channel: string, error: unknown): void {
    const [kind] = channel.split(':', 1);
    if (error instanceof UnknownFrameVersionError) {
      this.counts.framesSkipped++;
      return this.log.log(
        'skipped',
        () => `A frame of another version is skipped: ${messageOf(error)}`,
      );
    }
    this.counts.framesRejected++;
    this.log.log(
      'rejected',
      () => `A frame of a channel "${kind}" is dropped: ${messageOf(error)}`,
    );
  }
}
