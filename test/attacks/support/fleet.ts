import type { ReconnectOptions } from '../../../src/client/index.js';
import { FleetMember, type Answers } from './fleet-member.js';
import { inParallel } from './in-parallel.js';
import type { Target } from './raw-socket.js';

// The server lets in 100 of one address at once that have not authenticated yet.
const CONNECTED_AT_ONCE = 50;
// Of one member at the same time.
const REQUESTS_AT_ONCE = 2;

export interface FleetPlan {
  /** Members are called by it and their number. */
  readonly name: string;
  readonly size: number;
  readonly reconnect: ReconnectOptions | false;
  /** Milliseconds that the server's auth handler shall take for each. */
  readonly authDelay?: number;
}

/** Many honest clients of one process. */
export class Fleet {
  readonly #members: FleetMember[] = [];
  #controller = new AbortController();
  #load: Promise<unknown> = Promise.resolve();
  #answers: Answers = { answered: 0, rejected: {}, wrong: [] };

  async connect({ port, authKey }: Target, plan: FleetPlan): Promise<void> {
    const { name, size, reconnect, authDelay } = plan;
    const address = `ws://127.0.0.1:${port}`;
    const authData = authDelay === undefined ? {} : { authDelay };
    await inParallel(size, CONNECTED_AT_ONCE, async (index) => {
      const options = { address, authKey, reconnect, authData };
      const member = new FleetMember(`${name}-${index}`, options);
      this.#members.push(member);
      await member.client.connect();
    });
  }

  untilReconnected(times: number): Promise<void> {
    return this.#until(({ reconnections }) => reconnections >= times);
  }

  /** Until the load got an answer for everybody, since the last reconnection. */
  untilAnswered(): Promise<void> {
    return this.#until(({ answeredSinceThen }) => answeredSinceThen > 0);
  }

  untilNews(count: number): Promise<void> {
    return this.#until(({ news }) => news.length >= count);
  }

  /** The news of each member. */
  news(): number[][] {
    return this.#members.map(({ news }) => news);
  }

  reconnections(): number[] {
    return this.#members.map(({ reconnections }) => reconnections);
  }

  beginLoad(): void {
    const { signal } = (this.#controller = new AbortController());
    const answers = (this.#answers = { answered: 0, rejected: {}, wrong: [] });
    this.#load = Promise.all(
      this.#members.flatMap((member) =>
        Array.from({ length: REQUESTS_AT_ONCE }, () => member.keepAsking(answers, signal)),
      ),
    );
  }

  async endLoad(): Promise<Answers> {
    this.#controller.abort();
    for (const member of this.#members) member.emit('changed');
    await this.#load;
    return this.#answers;
  }

  async #until(holds: (member: FleetMember) => boolean): Promise<void> {
    await Promise.all(this.#members.map((member) => member.until(() => holds(member))));
  }
}
