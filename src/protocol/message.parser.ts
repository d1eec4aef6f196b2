import { readMessage, type WireMessage } from './message.js';
import { decodeText } from './text-encoding.js';

/** `readMessage` in Node, where text is decoded fastest from a Buffer. */
export function parseMessage(json: Uint8Array, maxDepth: number, bytes?: Uint8Array): WireMessage {
  return readMessage(json, maxDepth, decodeText, bytes);
}
