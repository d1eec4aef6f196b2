// A ws client that does the same work as SocketClient, as somebody would write it by hand: the
// envelope, ids, and a map of open requests with a timeout each. No reconnecting, no heartbeat.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { open, seal } from '../aes-envelope.mjs';
import { globalKeyOf } from '../global-key.mjs';

const TIMEOUT = 30_000;

export class HandWrittenClient {
  #webSocket;
  #key;
  #lastId = 0;
  #pending = new Map();

  constructor({ address, authKey }) {
    this.authKey = authKey;
    this.#key = globalKeyOf(authKey);
    this.#webSocket = new WebSocket(address, { perMessageDeflate: false });
    this.#webSocket.on('message', (frame) => this.#receive(frame));
    this.#webSocket.on('close', () => this.#rejectAll());
  }

  async connect() {
    await once(this.#webSocket, 'open');
    await this.request('auth', { authKey: this.authKey });
  }

  request(request, data) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${request} was not answered in time`));
      }, TIMEOUT);
      this.#pending.set(id, { resolve, reject, timer });
      this.#webSocket.send(seal(this.#key, JSON.stringify({ request, id, data })));
    });
  }

  #receive(frame) {
    const { id, response, error, sessionKey } = JSON.parse(open(this.#key, frame));
    if (sessionKey) this.#key = Buffer.from(sessionKey, 'base64');
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (error) pending.reject(new Error(error.message));
    else pending.resolve(response);
  }

  #rejectAll() {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new Error('the connection is lost'));
    }
    this.#pending.clear();
  }
}
