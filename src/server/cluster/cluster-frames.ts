import { Logger } from '@nestjs/common';
import {
  ClusterOpener,
  ClusterSealer,
  UnknownFrameVersionError,
} from '../../envelope/cluster-frame.js';
import { BoundedLog } from '../../logging/bounded-log.js';
import { messageOf } from '../../logging/log-text.js';
import { decodeMessages, encodeMessages } from './cluster-codec.js';
import type { ClusterCounts } from './cluster-counts.js';
import type { ClusterMessage } from './cluster-message.js';

const ONE_LINE_A_MINUTE = { window: 60_000, lines: 1 };

/** Seals what this node sends, and opens what others sent: whatever nobody of us sealed is dropped. */
export class ClusterFrames {
  private readonly logger = new Logger('SocketsCluster');
  private readonly log = new BoundedLog((line) => this.logger.warn(line), ONE_LINE_A_MINUTE);
  private readonly sealer: ClusterSealer;
  private readonly opener: ClusterOpener;

  /** @param secrets The first seals, any opens */
  constructor(
    secrets: readonly Buffer[],
    private readonly counts: ClusterCounts,
  ) {
    this.sealer = new ClusterSealer(secrets[0]!);
    this.opener = new ClusterOpener(secrets);
  }

  seal(place: string, content: Buffer): Buffer {
    return this.sealer.seal(place, content);
  }

  sealMessage(channel: string, message: ClusterMessage): Buffer {
    return this.sealer.seal(channel, encodeMessages([message]));
  }

  /** What came on a channel just now; nothing of what this node itself has sent. */
  openLive(channel: string, frame: Buffer): readonly ClusterMessage[] {
    if (this.sealer.isOwn(frame)) return [];
    return this.attempt(channel, () => decodeMessages(this.opener.openLive(channel, frame))) ?? [];
  }

  /** What came just now of a room's history, from whatever node. */
  openLiveEntry(channel: string, frame: Buffer): ClusterMessage | undefined {
    return this.attempt(channel, () => decodeMessages(this.opener.openLive(channel, frame)))?.[0];
  }

  /** What was read from a room's history. */
  openEntry(channel: string, frame: Buffer): ClusterMessage | undefined {
    return this.attempt(channel, () => decodeMessages(this.opener.openStored(channel, frame)))?.[0];
  }

  /** What was sealed at some time. */
  openStored(place: string, frame: Buffer): Buffer | undefined {
    return this.attempt(place, () => this.opener.openStored(place, frame));
  }

  /** A frame for others is lost. */
  dropped(why: string): void {
    this.counts.framesDropped++;
    this.log.log('dropped', () => `A frame for other nodes is lost: ${why}`);
  }

  /** Counted, and logged once a minute: who can write into the engine must not flood the log. */
  private attempt<T>(place: string, open: () => T): T | undefined {
    try {
      const opened = open();
      this.counts.framesIn++;
      return opened;
    } catch (error) {
      this.refuse(place, error);
      return undefined;
    }
  }

  private refuse(place: string, error: unknown): void {
    if (error instanceof UnknownFrameVersionError) {
      this.counts.framesSkipped++;
      return this.log.log('skipped', () => `A frame is skipped: ${messageOf(error)}`);
    }
    this.counts.framesRejected++;
    const [kind] = place.split(':', 1);
    this.log.log(
      'rejected',
      () => `A frame of a channel "${kind}" is dropped: ${messageOf(error)}`,
    );
  }
}
