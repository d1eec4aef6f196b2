import { Injectable } from '@nestjs/common';
import type { RecordLines } from '../../envelope/record-lines.js';
import { readRecord, RecordKind, type OpenedRecord } from '../../envelope/record.js';
import { messageOf } from '../../logging/log-text.js';
import { CloseCode } from '../../protocol/close-code.js';
import type { Connection } from '../connection/connection.js';
import { Admission } from './admission.js';

// Only the frame has bytes to count.
const COUNTED = Buffer.alloc(0);

/** Where the messages of a record go. */
interface MessageTaker {
  take(connection: Connection, json: Uint8Array, bytes?: Uint8Array): void;
}

/** Takes the records of version 2 apart: PROTOCOL-V2.md, section 5. */
@Injectable()
export class RecordReader {
  constructor(private readonly admission: Admission) {}

  take(connection: Connection, plaintext: Buffer, taker: MessageTaker): void {
    const record = this.read(connection, plaintext);
    if (record === undefined) return;
    if (record.kind === RecordKind.Messages) this.takeLines(connection, record.lines, taker);
    else if (record.kind === RecordKind.Bytes) taker.take(connection, record.text, record.bytes);
    else if (record.kind === RecordKind.Goodbye) connection.liveness.saidGoodbye = true;
    else refuse(connection, `a record of kind ${record.kind}`);
  }

  /** Goes on with what was left of a record when its connection had had its turn. */
  takeRest(connection: Connection, rest: RecordLines, taker: MessageTaker): void {
    if (this.admission.admits(connection, COUNTED)) this.takeLines(connection, rest, taker);
  }

  /** The first one was counted and paid for. Each may end the connection for those behind it. */
  private takeLines(connection: Connection, lines: RecordLines, taker: MessageTaker): void {
    const first = lines.next();
    if (first) taker.take(connection, first);
    while (lines.length > 0) {
      if (!connection.intake.affordsAnother()) return connection.intake.putBack(lines);
      const next = lines.next();
      if (!next || !this.admission.admits(connection, COUNTED)) return;
      taker.take(connection, next);
    }
  }

  private read(connection: Connection, plaintext: Buffer): OpenedRecord | undefined {
    try {
      return readRecord(plaintext);
    } catch (error) {
      refuse(connection, messageOf(error));
      return undefined;
    }
  }
}

function refuse(connection: Connection, why: string): void {
  connection.refuse('badFrame', CloseCode.BadFrame, `bad frame: ${why}`);
}
