import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, seal } from '../aes-envelope.mjs';
import { clientFrame, FrameReader, Opcode } from './frames.mjs';
import { upgrade } from './upgrade.mjs';

const NORMAL_CLOSURE = Buffer.from([0x03, 0xe8]);

/** A WebSocket client that costs little and throws at whatever it did not expect. */
export class LoadConnection {
  /** The key in force; null for text messages. @type {Buffer | null} */
  key;
  /** Gets every message; until it is set, messages wait for `nextText()`. */
  onText = null;
  #socket;
  #reader = new FrameReader();
  #isClosing = false;
  /** Whether ivs are random, as those of original peers, or counted, as those of a SocketClient. */
  #hasRandomIvs;
  /** The counted one: six random bytes that stay, and a counter. */
  #iv = Buffer.concat([randomBytes(6), Buffer.alloc(6)]);
  #sealed = 0;
  #frames = [];
  #inbox = [];
  #wakeUp = null;
  /** Version 2. @type {import('./record-session.mjs').RecordSession | undefined} */
  #session;
  #texts = [];

  constructor(socket, { key, randomIvs = false, session }) {
    this.#session = session;
    this.#socket = socket;
    this.key = key;
    this.#hasRandomIvs = randomIvs;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#lost(error.message));
    socket.on('close', () => this.#lost('closed'));
    socket.resume();
  }

  /**
   * @param {{ port: number, path: string, key: Buffer | null, randomIvs?: boolean, tls?: boolean,
   *   session?: import('./record-session.mjs').RecordSession }} target
   * @returns {Promise<LoadConnection>}
   */
  static async open({ port, path, tls, ...sealing }) {
    const subprotocols = sealing.session?.subprotocols;
    const socket = await upgrade({ port, path, tls, subprotocols });
    const connection = new LoadConnection(socket, sealing);
    // The reply to the hello.
    if (sealing.session) await connection.nextText();
    return connection;
  }

  /** Queues a message until `flush()`. What is sent while reading is flushed by itself. */
  send(text) {
    const { key } = this;
    if (this.#session) return this.#texts.push(text);
    this.#frames.push(
      key
        ? clientFrame(Opcode.Binary, seal(key, text, this.#nextIv()))
        : clientFrame(Opcode.Text, Buffer.from(text)),
    );
  }

  #nextIv() {
    if (this.#hasRandomIvs) return undefined;
    this.#iv.writeUIntBE(this.#sealed++, 6, 6);
    return this.#iv;
  }

  flush() {
    if (this.#texts.length > 0) this.#sealTexts();
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  #sealTexts() {
    const records = this.#session.seal(this.#texts);
    this.#frames.push(...records.map((record) => clientFrame(Opcode.Binary, record)));
    this.#texts = [];
  }

  /** @returns {Promise<string>} */
  async nextText() {
    if (this.#inbox.length === 0) await new Promise((resolve) => (this.#wakeUp = resolve));
    return this.#inbox.shift();
  }

  /** Resolves when the server has let go, too. */
  async close() {
    this.#isClosing = true;
    this.#socket.write(clientFrame(Opcode.Close, NORMAL_CLOSURE));
    await once(this.#socket, 'close');
  }

  #receive(chunk) {
    this.#reader.read(chunk, (opcode, payload) => this.#onFrame(opcode, payload));
    this.flush();
  }

  #onFrame(opcode, payload) {
    if (opcode === Opcode.Close) {
      return this.#lost(`close ${payload.length > 1 ? payload.readUInt16BE() : ''}`);
    }
    if (opcode === Opcode.Ping) return this.#frames.push(clientFrame(Opcode.Pong, payload));
    if (opcode === Opcode.Pong) return;
    if (this.#session) return this.#onRecord(payload);
    if (opcode !== (this.key ? Opcode.Binary : Opcode.Text)) {
      throw new Error(`the server sent opcode ${opcode}`);
    }
    this.#take(this.key ? open(this.key, payload) : payload.toString('utf8'));
  }

  #onRecord(payload) {
    for (const text of this.#session.open(payload) ?? ['']) this.#take(text);
  }

  #take(text) {
    if (this.onText) return this.onText(text);
    this.#inbox.push(text);
    this.#wakeUp?.();
  }

  #lost(reason) {
    if (!this.#isClosing) throw new Error(`the server ended a connection: ${reason}`);
  }
}
