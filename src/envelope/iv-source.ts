import type { IvWindow } from './iv-window.js';
import { takeRandom } from './random-pool.js';

export const IV_LENGTH = 12;
const PREFIX_LENGTH = 6;

/** Where the ivs of the frames that one side sends under one key come from. */
export interface IvSource {
  writeNext(target: Buffer, offset: number): void;
  /** Whether this side sent the frame itself, so that it came back reflected: PROTOCOL.md R2.6. */
  isOwn(frame: Buffer): boolean;
}

/**
 * Twelve random bytes each, for the global key, which many sides share. What was sent joins what was
 * received in `seen`, so reflection shows as a replay.
 */
export class RandomIvs implements IvSource {
  constructor(private readonly seen: IvWindow) {}

  writeNext(target: Buffer, offset: number): void {
    takeRandom(target, offset, IV_LENGTH);
    this.seen.remember(target, offset);
  }

  isOwn(): boolean {
    return false;
  }
}

/**
 * Six random bytes that stay, and a six-byte counter, for a session key: NIST SP 800-38D, 8.2.1.
 * Comparing the prefix finds a reflected frame of any age, which a window of sent ivs would not.
 */
export class CountedIvs implements IvSource {
  private readonly prefixHigh: number;
  private readonly prefixLow: number;
  private count = 0;

  constructor() {
    const prefix = Buffer.allocUnsafe(PREFIX_LENGTH);
    takeRandom(prefix, 0, PREFIX_LENGTH);
    this.prefixHigh = prefix.readUInt32BE(0);
    this.prefixLow = prefix.readUInt16BE(4);
  }

  writeNext(target: Buffer, offset: number): void {
    target.writeUInt32BE(this.prefixHigh, offset);
    target.writeUInt16BE(this.prefixLow, offset + 4);
    target.writeUIntBE(this.count++, offset + PREFIX_LENGTH, 6);
  }

  isOwn(frame: Buffer): boolean {
    return frame.readUInt32BE(0) === this.prefixHigh && frame.readUInt16BE(4) === this.prefixLow;
  }
}
