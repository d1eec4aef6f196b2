import type { HistoryEntry } from '../engine/engine.js';
import { readUint48 } from '../envelope/uint48.js';
import { entriesOf } from './packed-frames.js';

// What is published begins with a byte that says what it is. Entries are put together by a script
// (redis.scripts.ts): epoch (8) | offset of the last (6) | packed frames.
const FRAME = 0;
const ENTRIES = 1;
const EPOCH_AT = 1;
const OFFSET_AT = EPOCH_AT + 8;
const FRAMES_AT = OFFSET_AT + 6;

const FRAME_HEAD = Buffer.of(FRAME);

/** What came on a channel; undefined for what no node has published. */
export type Published =
  | { readonly frame: Buffer; readonly entries?: undefined }
  | { readonly entries: readonly HistoryEntry[]; readonly frame?: undefined };

export function publishedFrame(frame: Buffer): Buffer {
  return Buffer.concat([FRAME_HEAD, frame]);
}

export function readPublished(message: Buffer): Published | undefined {
  if (message[0] === FRAME) return { frame: message.subarray(1) };
  if (message[0] !== ENTRIES || message.length < FRAMES_AT) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const epoch = message.toString('hex', EPOCH_AT, OFFSET_AT);
  return { entries: entriesOf(epoch, readUint48(view, OFFSET_AT), message.subarray(FRAMES_AT)) };
}
