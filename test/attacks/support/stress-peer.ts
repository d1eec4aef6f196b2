import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_DEADLINE, withDeadline } from '../../helpers/with-deadline.js';
import { open } from '../../helpers/raw-envelope.js';
import { closeFrame } from './raw-frame.js';
import { Random } from './random.js';
import { RawSocket, type Target } from './raw-socket.js';

const KIB = 1024;
const NORMAL = 1000;
// Beside 200 others, some of which flood.
const REPLY_DEADLINE = 6 * DEFAULT_DEADLINE;
const ONCE_IN = 40;

/** What a peer did, and what was wrong with what it got. */
export interface Deeds {
  requests: number;
  messages: number;
  pauses: number;
  departures: number;
  readonly faults: string[];
}

/** What a request is to be answered. */
interface Question {
  readonly request: string;
  readonly data: unknown;
  readonly answer: unknown;
}

/**
 * A peer that does everything that one may, at random: asks with ids and without, floods, reads slowly,
 * rests, leaves in the middle of it and comes again. It notes each reply that is wrong, missing, or out
 * of order where it asked without an id.
 */
export class StressPeer {
  readonly #random: Random;
  readonly #byId = new Map<number, Question>();
  /** Asked without an id: answered in order. */
  readonly #inOrder: Question[] = [];
  #socket: RawSocket | undefined;
  #hasEnded = false;
  #lastId = 0;
  /** Messages sent to `tally` on this connection. */
  #tallied = 0;
  #onAnswered: () => void = () => undefined;

  constructor(
    private readonly target: Target,
    seed: number,
    private readonly deeds: Deeds,
  ) {
    this.#random = new Random(seed);
  }

  /** Lives until told to end, and then waits for all that is missing. */
  async live(signal: AbortSignal): Promise<void> {
    try {
      await this.#connect();
      while (!signal.aborted) await this.#doSomething();
      await this.#settle();
    } catch (error) {
      this.deeds.faults.push(String(error));
    }
    this.#leave();
  }

  async #doSomething(): Promise<void> {
    if (this.#random.between(1, ONCE_IN) === 1) return this.#comeAgain();
    if (this.#random.between(1, ONCE_IN) === 1) return this.#flood();
    await this.#random.pick([
      async () => this.#askWithIds(),
      async () => this.#askInOrder(),
      () => this.#readSlowly(),
      () => delay(this.#random.between(0, 100)),
    ])();
    // Most wait for their replies before they go on, others pile them up.
    if (this.#random.between(1, 4) > 1) await this.#settle();
  }

  async #connect(): Promise<void> {
    const socket = await RawSocket.session(this.target);
    this.#socket = socket;
    this.#hasEnded = false;
    socket.onMessage = (payload) => {
      // What comes of a connection that was left concerns nobody.
      if (socket === this.#socket && !this.#hasEnded) this.#take(open(payload, socket.key!));
    };
    void socket.ended.then((code) => {
      if (socket !== this.#socket || this.#hasEnded) return;
      this.deeds.faults.push(`the server ended a peer that stays, with ${code}`);
      this.#forget();
    });
  }

  #askWithIds(): void {
    for (let count = this.#random.between(1, 64); count > 0; count--) {
      const id = ++this.#lastId;
      const question = this.#makeUp(['echo', 'echo', 'big', 'work', 'confirm']);
      this.#byId.set(id, question);
      this.#ask(question, id);
    }
  }

  // Of handlers that answer at once, since nothing orders those that take their time.
  #askInOrder(): void {
    for (let count = this.#random.between(1, 50); count > 0; count--) {
      const question = this.#makeUp(['echo', 'big']);
      this.#inOrder.push(question);
      this.#ask(question);
    }
  }

  #ask({ request, data }: Question, id?: number): void {
    this.deeds.requests++;
    this.#socket!.send(id === undefined ? { request, data } : { request, id, data });
  }

  #makeUp(names: readonly string[]): Question {
    const request = this.#random.pick(names);
    const bytes = this.#random.pick([0, 10, 100, KIB, 20 * KIB]);
    if (request === 'big') return { request, data: 3 * bytes, answer: 'x'.repeat(3 * bytes) };
    if (request === 'work') return { request, data: bytes % 30, answer: 'done' };
    const text = `${this.#random.between(0, 1e9)} ${'y'.repeat(bytes)}`;
    return { request, data: text, answer: text };
  }

  /** Many messages at once that nobody answers, and then the question whether all came, in order. */
  async #flood(): Promise<void> {
    const [count, bytes] = this.#random.pick([
      [1_000, 10],
      [50, 20 * KIB],
      [4, 700 * KIB],
    ] as const);
    const filling = 'z'.repeat(bytes);
    for (let sent = 0; sent < count; sent++) {
      this.deeds.messages++;
      this.#socket!.send({ request: 'tally', data: [++this.#tallied, filling] });
    }
    const question = { request: 'tallied', data: null, answer: this.#tallied };
    this.#inOrder.push(question);
    this.#ask(question);
    await this.#settle();
  }

  async #readSlowly(): Promise<void> {
    const { socket } = this.#socket!;
    this.deeds.pauses++;
    socket.pause();
    this.#askWithIds();
    this.#askInOrder();
    await delay(this.#random.between(10, 500));
    socket.resume();
  }

  /** With whatever was not answered yet. */
  async #comeAgain(): Promise<void> {
    this.deeds.departures++;
    this.#leave();
    await this.#connect();
  }

  #leave(): void {
    this.#hasEnded = true;
    this.#forget();
    if (this.#random.between(0, 1) === 0) this.#socket?.destroy();
    else this.#socket?.write(closeFrame(NORMAL));
  }

  #forget(): void {
    this.#byId.clear();
    this.#inOrder.length = 0;
    this.#tallied = 0;
    this.#onAnswered();
  }

  #take(bytes: Buffer): void {
    const { request, id, response } = JSON.parse(bytes.toString('utf8')) as {
      request: string;
      id?: number;
      response?: unknown;
    };
    const question = id === undefined ? this.#inOrder.shift() : this.#byId.get(id);
    if (id !== undefined) this.#byId.delete(id);
    if (question?.request !== request || question.answer !== response) {
      const [got, due] = [response, question?.answer].map((value) => String(value).slice(0, 40));
      this.deeds.faults.push(
        `${request} (id ${id}) got ${got}, but ${question?.request} ${due} was due`,
      );
    }
    if (this.#missing === 0) this.#onAnswered();
  }

  get #missing(): number {
    return this.#byId.size + this.#inOrder.length;
  }

  /** Resolves when every reply came. */
  async #settle(): Promise<void> {
    if (this.#missing === 0) return;
    const answered = new Promise<void>((resolve) => (this.#onAnswered = resolve));
    await withDeadline(answered, REPLY_DEADLINE, `${this.#missing} replies`);
  }
}
