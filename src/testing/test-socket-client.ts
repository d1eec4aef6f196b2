import { SocketClient } from '../client/node/socket-client.js';

const DEFAULT_TIMEOUT = 5_000;

/** A `SocketClient` for tests: pushes can be awaited, also those that came before anybody asked. */
export class TestSocketClient extends SocketClient {
  private readonly arrived = new Map<string, unknown[]>();
  private readonly waiting = new Map<string, ((payload: unknown) => void)[]>();

  /**
   * The next push of that name that nobody took yet.
   * @param timeout Milliseconds to wait, then it rejects
   */
  nextPush<T = unknown>(name: string, timeout: number = DEFAULT_TIMEOUT): Promise<T> {
    this.watch(name);
    const arrived = this.arrived.get(name)!;
    if (arrived.length > 0) return Promise.resolve(arrived.shift() as T);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(noPush(name, timeout)), timeout);
      this.waiting.get(name)!.push((payload) => {
        clearTimeout(timer);
        resolve(payload as T);
      });
    });
  }

  /** Keeps pushes of that name from now on, for `nextPush()`. */
  watch(name: string): void {
    if (this.arrived.has(name)) return;
    this.arrived.set(name, []);
    this.waiting.set(name, []);
    this.on(name, (payload) => this.keep(name, payload));
  }

  private keep(name: string, payload: unknown): void {
    const waiter = this.waiting.get(name)!.shift();
    if (waiter) waiter(payload);
    else this.arrived.get(name)!.push(payload);
  }
}

function noPush(name: string, timeout: number): Error {
  return new Error(`No push "${name}" came within ${timeout} ms.`);
}
