import { readUint48, writeUint48 } from './uint48.js';
import { utf8, utf8Length } from '../protocol/utf8.js';
import { BytesMessage } from '../protocol/sent-message.js';
import { BadEnvelopeError } from './bad-envelope.error.js';
import { joined } from './joined.js';
import { RecordLines } from './record-lines.js';
import type { BroadcastKey, Outgoing, Plaintext } from './outgoing.js';

/** What the plaintext of a record is: PROTOCOL-V2.md, section 5. */
export const RecordKind = { Messages: 0, Bytes: 1, Goodbye: 2, BroadcastKey: 3 } as const;

const LF = 10;
const KIND_LENGTH = 1;
const MESSAGES_HEAD = '\0';
const CODE_LENGTH = 2;
const MAX_REASON_LENGTH = 123;
const BROADCAST_KEY_LENGTH = 4 + 6 + 32;

/** Bytes of plaintext at which a record is full; a longer message has one of its own. */
export const FULL = 64 * 1024;

export type OpenedRecord =
  | { readonly kind: typeof RecordKind.Messages; readonly lines: RecordLines }
  | {
      readonly kind: typeof RecordKind.Bytes;
      readonly text: Uint8Array;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: typeof RecordKind.Goodbye; readonly code: number; readonly reason: string }
  | ({ readonly kind: typeof RecordKind.BroadcastKey } & BroadcastKey);

/** The plaintexts of the records that the messages of a turn take, mostly one. */
export function bundle(messages: readonly Outgoing[], padding: number, full = FULL): Plaintext[] {
  const end = Math.max(1, full - padding);
  const records: Plaintext[] = [];
  let texts: string[] = [];
  let bytes = KIND_LENGTH;
  const endRecord = () => {
    if (texts.length > 0) records.push(recordOf(texts, padding));
    texts = [];
    bytes = KIND_LENGTH;
  };
  for (const message of messages) {
    if (typeof message !== 'string') {
      endRecord();
      records.push(ownRecord(message));
      continue;
    }
    // 64 KiB need not be exact, so characters will do; what the other side refuses is counted in bytes.
    const length = (full === FULL ? message.length : utf8Length(message)) + 1;
    if (bytes + length > end) endRecord();
    texts.push(message);
    bytes += length;
  }
  endRecord();
  return records;
}

function ownRecord(message: Exclude<Outgoing, string>): Uint8Array {
  return message instanceof BytesMessage
    ? bytesRecord(message)
    : broadcastKeyRecord(message.broadcastKey);
}

/** The plaintext of one record of those messages. */
export function recordOf(texts: readonly string[], padding: number): string {
  const text = MESSAGES_HEAD + (texts.length === 1 ? texts[0]! : texts.join('\n'));
  return padding > 0 ? text + '\n'.repeat(missing(utf8Length(text), padding)) : text;
}

function missing(length: number, padding: number): number {
  return (padding - (length % padding)) % padding;
}

/** The plaintext of a record with one message that has bytes, which nothing can be appended to. */
export function bytesRecord({ text, bytes }: Pick<BytesMessage, 'text' | 'bytes'>): Uint8Array {
  return joined(Uint8Array.of(RecordKind.Bytes), utf8.encode(`${text}\n`), bytes);
}

export function goodbyeRecord(code: number, reason: string): Uint8Array {
  return joined(Uint8Array.of(RecordKind.Goodbye, code >> 8, code & 0xff), utf8.encode(reason));
}

export function broadcastKeyRecord({ epoch, number, key }: BroadcastKey): Uint8Array {
  const record = new Uint8Array(KIND_LENGTH + BROADCAST_KEY_LENGTH);
  const view = new DataView(record.buffer, KIND_LENGTH);
  record[0] = RecordKind.BroadcastKey;
  view.setUint32(0, epoch);
  writeUint48(view, 4, number);
  record.set(key, KIND_LENGTH + 10);
  return record;
}

/** @throws BadEnvelopeError for what is none of the kinds */
export function readRecord(plaintext: Uint8Array): OpenedRecord {
  const body = plaintext.subarray(KIND_LENGTH);
  switch (plaintext[0] ?? -1) {
    case RecordKind.Messages:
      return { kind: RecordKind.Messages, lines: new RecordLines(body) };
    case RecordKind.Bytes:
      return readBytes(body);
    case RecordKind.Goodbye:
      return readGoodbye(body);
    case RecordKind.BroadcastKey:
      return readBroadcastKey(body);
    default:
      throw new BadEnvelopeError('a record of an unknown kind');
  }
}

function readBytes(body: Uint8Array): OpenedRecord {
  const end = body.indexOf(LF);
  if (end === -1) throw new BadEnvelopeError('bytes without a message');
  const [text, bytes] = [body.subarray(0, end), body.subarray(end + 1)];
  return { kind: RecordKind.Bytes, text, bytes };
}

function readGoodbye(body: Uint8Array): OpenedRecord {
  const length = body.length - CODE_LENGTH;
  if (length < 0 || length > MAX_REASON_LENGTH) throw new BadEnvelopeError('no goodbye');
  const reason = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body.subarray(CODE_LENGTH));
  return { kind: RecordKind.Goodbye, code: viewOf(body).getUint16(0), reason };
}

function readBroadcastKey(body: Uint8Array): OpenedRecord {
  if (body.length !== BROADCAST_KEY_LENGTH) throw new BadEnvelopeError('no broadcast key');
  const view = viewOf(body);
  const number = readUint48(view, 4);
  const key = new Uint8Array(body.subarray(10));
  return { kind: RecordKind.BroadcastKey, epoch: view.getUint32(0), number, key };
}

function viewOf({ buffer, byteOffset, byteLength: length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
