import type { Payload } from '../../protocol/message.js';
import type { ClusterHead, ClusterMessage } from './cluster-message.js';

const PayloadKind = { None: 0, Json: 1, Bytes: 2 } as const;

// kind (1) | length of the head (4) | length of the payload (4) | head as JSON | payload
const PREFIX_LENGTH = 9;

/** Several messages in one buffer. What a push carries stands in it as it is, not as JSON in JSON. */
export function encodeMessages(messages: readonly ClusterMessage[]): Buffer {
  return Buffer.concat(messages.flatMap(partsOf));
}

/** @throws Error for what `encodeMessages` did not make */
export function decodeMessages(batch: Buffer): ClusterMessage[] {
  const messages: ClusterMessage[] = [];
  for (let offset = 0; offset < batch.length;) {
    const headAt = offset + PREFIX_LENGTH;
    const payloadAt = headAt + batch.readUInt32BE(offset + 1);
    const end = payloadAt + batch.readUInt32BE(offset + 5);
    if (end > batch.length) throw new Error('a message of a cluster frame is cut off');
    const head = JSON.parse(batch.toString('utf8', headAt, payloadAt)) as ClusterHead;
    messages.push({ head, payload: payloadOf(batch[offset]!, batch.subarray(payloadAt, end)) });
    offset = end;
  }
  return messages;
}

function partsOf({ head, payload }: ClusterMessage): Buffer[] {
  const json = Buffer.from(JSON.stringify(head));
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const prefix = Buffer.allocUnsafe(PREFIX_LENGTH);
  prefix[0] = kindOf(payload);
  prefix.writeUInt32BE(json.length, 1);
  prefix.writeUInt32BE(bytes?.length ?? 0, 5);
  return bytes ? [prefix, json, Buffer.from(bytes)] : [prefix, json];
}

function kindOf(payload: Payload): number {
  if (payload === undefined) return PayloadKind.None;
  return typeof payload === 'string' ? PayloadKind.Json : PayloadKind.Bytes;
}

function payloadOf(kind: number, bytes: Buffer): Payload {
  if (kind === PayloadKind.None) return undefined;
  return kind === PayloadKind.Json ? bytes.toString() : bytes;
}
