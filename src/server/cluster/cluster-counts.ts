import { Injectable } from '@nestjs/common';

/** What a node and the others told each other since it started. */
export interface ClusterStats {
  /** The number of this node: the upper part of its clients' ids. 0 is a process of its own. */
  node: number;
  /** How many nodes there are, this one among them. */
  nodes: number;
  /** Whether the engine can be reached. While not, `publish()` is refused, and the rest is local. */
  isAvailable: boolean;
  /** Frames for others that were published. */
  framesOut: number;
  /** Frames of others that came. */
  framesIn: number;
  /** Frames for others that were lost, because the engine was away for too long. */
  framesDropped: number;
  /** Frames that were forged, replayed, reordered or too old. */
  framesRejected: number;
  /** Frames of a format that this version does not know, as during an upgrade. */
  framesSkipped: number;
  /** How often members were told that they missed messages of a room with history. */
  gaps: number;
}

/** Counts it. */
@Injectable()
export class ClusterCounts {
  framesOut = 0;
  framesIn = 0;
  framesDropped = 0;
  framesRejected = 0;
  framesSkipped = 0;
  gaps = 0;

  read(): Omit<ClusterStats, 'node' | 'nodes' | 'isAvailable'> {
    const { framesOut, framesIn, framesDropped, framesRejected, framesSkipped, gaps } = this;
    return { framesOut, framesIn, framesDropped, framesRejected, framesSkipped, gaps };
  }
}
