import type { HandlerArguments } from './handler.arguments.js';
import { lastOf } from './values-of.js';

/** What comes of one call of the `auth` handler. */
export interface AuthAnswer {
  /** What the handler itself returned: this decides. Undefined when it was not reached. */
  readonly verdict: unknown;
  /** What interceptors made of it: this is sent. */
  readonly reply: unknown;
}

/**
 * Notes what the `auth` handler itself returns, before any interceptor sees it: what those, filters and
 * serializers make of it says nothing about who the peer is. A connection authenticates once at a time.
 */
export class AuthVerdicts {
  private readonly byClient = new WeakMap<object, unknown>();

  /** Calls the handler, which interceptors may do several times: the last time counts. */
  readonly aroundHandler = async (
    next: () => Promise<unknown>,
    args: unknown[],
  ): Promise<unknown> => {
    const [client] = args as HandlerArguments;
    this.byClient.delete(client);
    const verdict = await lastOf(await next(), () => client.whenReady());
    this.byClient.set(client, verdict);
    return verdict;
  };

  /** Runs the handler with all that stands around it, except for filters. */
  async decide(
    run: (...args: HandlerArguments) => Promise<unknown>,
    args: HandlerArguments,
  ): Promise<AuthAnswer> {
    const [client] = args;
    this.byClient.delete(client);
    const reply = await lastOf(await run(...args), () => client.whenReady());
    return { verdict: this.byClient.get(client), reply };
  }
}
