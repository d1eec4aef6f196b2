import { once } from 'node:events';
import { WebSocket } from 'ws';
import { deriveGlobalKey } from '../../src/envelope/handshake.js';
import { SUBPROTOCOL } from '../../src/envelope/hello.js';
import { ClientHandshake } from '../../src/envelope/noise-handshake.js';
import { derivePreSharedKey } from '../../src/envelope/pre-shared-key.js';
import type { RecordEnvelope } from '../../src/envelope/record.envelope.js';
import { readRecord, RecordKind } from '../../src/envelope/record.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { MessageQueue } from './message-queue.js';
import type { WireMessage } from './raw-message.js';

const globalKey = deriveGlobalKey(AUTH_KEY);

/** A peer of version 2 (NNpsk0) that may send whatever bytes it likes. */
export class RawV2Client {
  readonly received = new MessageQueue<WireMessage>();
  readonly closed: Promise<number>;
  /** What the server sent, as it came. */
  readonly records: Buffer[] = [];

  static async connect(port: number): Promise<RawV2Client> {
    const { id: keyId, psk } = derivePreSharedKey(await globalKey);
    const handshake = new ClientHandshake({ pattern: 'NNpsk0', keyId, psk });
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, [SUBPROTOCOL, handshake.hello]);
    const [reply] = (await once(webSocket, 'message')) as [Buffer];
    const client = new RawV2Client(webSocket, handshake.finish(reply).envelope);
    client.send(`{"request":"auth","id":0,"data":{"authKey":"${AUTH_KEY}"}}`);
    await client.received.next('the reply to auth');
    return client;
  }

  private constructor(
    private readonly webSocket: WebSocket,
    private readonly envelope: RecordEnvelope,
  ) {
    this.closed = once(webSocket, 'close').then(([code]) => code as number);
    webSocket.on('error', () => undefined);
    webSocket.on('message', (record: Buffer) => {
      this.records.push(record);
      const opened = readRecord(envelope.open(record));
      if (opened.kind !== RecordKind.Messages) return;
      for (const text of opened.lines) this.received.push(JSON.parse(String(text)) as WireMessage);
    });
  }

  /** The next record, sealed and not sent. */
  seal(plaintext: string | Buffer): Buffer {
    const bytes = Buffer.byteLength(plaintext);
    const record = Buffer.alloc(bytes + this.envelope.overhead);
    this.envelope.seal(plaintext, bytes, record, 0);
    return record;
  }

  send(...texts: string[]): void {
    this.sendRaw(this.seal(`\0${texts.join('\n')}`));
  }

  sendRaw(record: Buffer): void {
    this.webSocket.send(record);
  }

  /** With no farewell record, as whoever is cut. */
  close(): void {
    this.webSocket.close(1000);
  }

  terminate(): void {
    this.webSocket.terminate();
  }
}
