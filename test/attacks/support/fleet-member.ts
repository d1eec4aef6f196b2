import { EventEmitter, once } from 'node:events';
import { SocketClient, SocketsError, type SocketClientOptions } from '../../../src/client/index.js';

/** What became of the requests of a fleet. */
export interface Answers {
  answered: number;
  /** How many were rejected, by the code of the error. */
  readonly rejected: Record<string, number>;
  /** Replies that belonged to another request. */
  readonly wrong: string[];
}

/** One honest client of a fleet, and what happened to it. */
export class FleetMember extends EventEmitter<{ changed: [] }> {
  readonly client: SocketClient;
  /** The indexes of the news that it got, as they came. */
  readonly news: number[] = [];
  reconnections = 0;
  answeredSinceThen = 0;
  /** Why it gave up coming back. */
  #failure: string | undefined;
  #requests = 0;

  /** The server knows it by its name, as `meta.role`. */
  constructor(
    readonly name: string,
    options: SocketClientOptions,
  ) {
    super();
    this.setMaxListeners(0);
    this.client = new SocketClient({ ...options, authData: { ...options.authData, role: name } });
    this.client.on('news', ({ index }: { index: number }) => {
      this.news.push(index);
      this.emit('changed');
    });
    this.client.events.on('reconnected', () => {
      this.reconnections++;
      this.answeredSinceThen = 0;
      this.emit('changed');
    });
    this.client.events.on('reconnectFailed', ({ message }) => {
      this.#failure = message;
      this.emit('changed');
    });
  }

  /** Resolves when the condition holds, and rejects when the client gave up. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== undefined) throw new Error(`${this.name} gave up: ${this.#failure}`);
      await once(this, 'changed');
    }
  }

  /** Asks one request after the other; while the connection is lost it waits for the next one. */
  async keepAsking(answers: Answers, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { reconnections } = this;
      if (await this.#ask(answers)) continue;
      await this.until(() => this.reconnections > reconnections || signal.aborted);
    }
  }

  /** What it asks tells the connection that it was asked on, and is never the same. */
  async #ask(answers: Answers): Promise<boolean> {
    const tag = `${this.name}/${this.reconnections}/${this.#requests++}`;
    try {
      const reply = await this.client.request('confirm', tag);
      answers.answered++;
      this.answeredSinceThen++;
      this.emit('changed');
      if (reply !== tag) answers.wrong.push(`${tag} was answered ${JSON.stringify(reply)}`);
      return true;
    } catch (error) {
      const code = error instanceof SocketsError ? error.code : String(error);
      answers.rejected[code] = (answers.rejected[code] ?? 0) + 1;
      return false;
    }
  }
}
