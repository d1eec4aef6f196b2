import { Injectable } from '@nestjs/common';
import { IV_LENGTH } from '../../envelope/iv-source.js';
import { Cluster } from './cluster.js';

const ONE_DAY = 24 * 3_600_000;

/**
 * The `auth` frames of version 1 that any node has seen, so that what was recorded at one of them is
 * refused at the others: PROTOCOL.md R2.5. While the engine is away, each node knows its own only.
 */
@Injectable()
export class SharedReplays {
  constructor(private readonly cluster: Cluster) {}

  get isNeeded(): boolean {
    return this.cluster.isShared;
  }

  async isReplay(frame: Buffer): Promise<boolean> {
    const iv = frame.toString('base64url', 0, IV_LENGTH);
    try {
      return !(await this.cluster.session.claim(iv, ONE_DAY));
    } catch {
      return false;
    }
  }
}
