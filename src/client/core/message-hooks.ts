import { findByName } from '../../protocol/kebab-case.js';

/** Receives a push, or the reply to a message that was sent with `send()`; and the client. */
export type MessageHook = (payload: never, socket: never) => unknown;

type Hook<Socket> = (payload: unknown, socket: Socket) => unknown;

/** The hooks of a client, by the name of the message. */
export class MessageHooks<Socket> {
  private readonly byName = new Map<string, Set<Hook<Socket>>>();

  /** Returns a function that takes the hook away again. */
  add(name: string, hook: MessageHook): () => void {
    const hooks = this.byName.get(name) ?? new Set();
    this.byName.set(name, hooks.add(hook as Hook<Socket>));
    return () => {
      hooks.delete(hook as Hook<Socket>);
      if (hooks.size === 0 && this.byName.get(name) === hooks) this.byName.delete(name);
    };
  }

  has(name: string): boolean {
    return findByName(this.byName, name) !== undefined;
  }

  /** Runs every hook of that name, and resolves with the first result that is something. */
  async run(name: string, payload: unknown, socket: Socket): Promise<unknown> {
    const hooks = [...(findByName(this.byName, name) ?? [])];
    const results = await Promise.all(hooks.map(async (hook) => hook(payload, socket)));
    return results.find((result) => result !== undefined);
  }
}
