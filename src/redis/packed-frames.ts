import type { HistoryEntry } from '../engine/engine.js';

/** What is stored as one at the most: a reader that needs one frame gets all that are with it. */
export const MAX_PACKED_FRAMES = 64;

// length (4) | frame
const LENGTH_BYTES = 4;

/** A copy of a frame, as it stands among others: put together, they are what `entriesOf` reads. */
export function packFrame(frame: Buffer): Buffer {
  const packed = Buffer.allocUnsafe(LENGTH_BYTES + frame.length);
  packed.writeUInt32BE(frame.length);
  packed.set(frame, LENGTH_BYTES);
  return packed;
}

/** Frames that were appended together, the last of them at offset `last`; none of what no node has packed. */
export function entriesOf(epoch: string, last: number, packed: Buffer): HistoryEntry[] {
  const frames = unpack(packed);
  const first = last - frames.length + 1;
  return frames.map((frame, index) => ({ epoch, offset: first + index, frame }));
}

function unpack(packed: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < packed.length;) {
    const frameAt = at + LENGTH_BYTES;
    if (frameAt > packed.length || frames.length === MAX_PACKED_FRAMES) return [];
    const end = frameAt + packed.readUInt32BE(at);
    if (end > packed.length) return [];
    frames.push(packed.subarray(frameAt, end));
    at = end;
  }
  return frames;
}
