import type { CliOutput } from '../common/cli-io.js';
import { errorObject } from '../common/shown-text.js';
import type { Watcher, WatchingClient } from '../common/watching-client.js';
import type { Order } from './order.js';
import type { Say } from './said.js';

/** Carries out orders, and tells all that comes of them. */
export class Conversation {
  constructor(
    private readonly client: WatchingClient,
    private readonly say: Say,
    private readonly timeout: number,
  ) {}

  /** @returns whether the server did what it was asked for */
  async perform(order: Order, signal: AbortSignal): Promise<boolean> {
    const about = { request: order.name, ...(order.id !== undefined && { id: order.id }) };
    try {
      await this.carryOut(order, about, signal);
      return true;
    } catch (error) {
      this.say({ ...about, error: errorObject(error) });
      return false;
    }
  }

  private async carryOut(
    { kind, name, data }: Order,
    about: { request: string; id?: unknown },
    signal: AbortSignal,
  ): Promise<void> {
    const { client, say, timeout } = this;
    if (kind === 'send') {
      client.send(name, data);
      return say({ ...about, sent: true });
    }
    if (kind === 'stream') {
      for await (const item of client.stream(name, data, signal)) say({ ...about, item });
      return say({ ...about, done: true });
    }
    const start = performance.now();
    const response = await client.request(name, data, { timeout, signal });
    say({ ...about, response, milliseconds: performance.now() - start });
  }
}

/** Tells what the server sends by itself. */
export function watcherOf(say: Say, errors: CliOutput): Watcher {
  return {
    warn: (message) => void errors.write(`${message}\n`),
    onAccepted: () => undefined,
    onPush: (request, push) => say({ request, push: push ?? null }),
    onAsk: (request, ask) => say({ request, ask: ask ?? null }),
  };
}

/** Tells what happens in rooms, and to what was sent without waiting for a reply. */
export function tellEvents({ events }: WatchingClient, say: Say): void {
  events.on('room', ({ room, recovered, position, state }) =>
    say({ event: 'room', room, recovered, position, ...(state !== undefined && { state }) }),
  );
  events.on('joined', ({ room, member }) => say({ event: 'joined', room, member }));
  events.on('left', ({ room, member }) => say({ event: 'left', room, member }));
  events.on('errorReply', (error) => say({ request: error.request, error: errorObject(error) }));
}
