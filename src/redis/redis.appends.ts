import type { HistoryBounds, RoomPosition } from '../engine/engine.js';
import { MAX_PACKED_FRAMES, packFrame } from './packed-frames.js';

// More of one room is stored in several steps, so that nobody has to wait for long.
const MAX_BYTES = 256 * 1024;

/** Frames of one room that are stored in one step. */
export class AppendBatch {
  /** Where the last one stands. */
  readonly stored: Promise<RoomPosition>;
  readonly settle: (stored: Promise<RoomPosition>) => void;
  private readonly frames: Buffer[] = [];
  private bytes = 0;

  /** @param bounds Those of the frame that came last */
  constructor(
    readonly room: string,
    public bounds: HistoryBounds,
  ) {
    let settle = (_stored: Promise<RoomPosition>): void => undefined;
    this.stored = new Promise((resolve) => (settle = resolve));
    this.settle = settle;
  }

  get count(): number {
    return this.frames.length;
  }

  get isFull(): boolean {
    return this.count === MAX_PACKED_FRAMES || this.bytes >= MAX_BYTES;
  }

  get packed(): Buffer {
    return Buffer.concat(this.frames);
  }

  /** @returns how many there are now */
  add(frame: Buffer): number {
    this.bytes += frame.length;
    return this.frames.push(packFrame(frame));
  }
}

/** Collects what is appended in one turn of the event loop, so that a room has one script for all of it. */
export class RedisAppends {
  private readonly waiting = new Map<string, AppendBatch>();

  /** @param store Says where the last frame of a batch stands */
  constructor(private readonly store: (batch: AppendBatch) => Promise<RoomPosition>) {}

  async append(room: string, frame: Buffer, bounds: HistoryBounds): Promise<RoomPosition> {
    const batch = this.batchOf(room, bounds);
    const number = batch.add(frame);
    if (batch.isFull) this.flush();
    const { epoch, offset } = await batch.stored;
    return { epoch, offset: offset - (batch.count - number) };
  }

  /** Has everything that waits be stored now. */
  readonly flush = (): void => {
    const batches = [...this.waiting.values()];
    this.waiting.clear();
    for (const batch of batches) batch.settle(this.store(batch));
  };

  private batchOf(room: string, bounds: HistoryBounds): AppendBatch {
    const known = this.waiting.get(room);
    if (known) return Object.assign(known, { bounds });
    if (this.waiting.size === 0) setImmediate(this.flush);
    const batch = new AppendBatch(room, bounds);
    this.waiting.set(room, batch);
    return batch;
  }
}
