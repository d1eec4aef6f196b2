import { createInterface, type Interface } from 'node:readline';
import { ExitCode, type CliIo } from '../common/cli-io.js';
import type { ConnectionFlags } from '../common/connection-flags.js';
import { errorObject } from '../common/shown-text.js';
import { WatchingClient } from '../common/watching-client.js';
import { Conversation, tellEvents, watcherOf } from './conversation.js';
import { HELP_COMMAND, OrderError, QUIT_COMMAND, readOrder } from './order.js';
import { sayJson } from './printers.js';
import { LINES_HELP } from './prompt.help.js';
import type { Say } from './said.js';

// After the connection was lost: whatever writes the input without an end, or now and then, is not waited for.
const SILENCE = 250;
const AT_MOST = 3_000;

/** Reads orders line by line, one after the other, and answers each with JSON. */
export async function runScript(io: CliIo, { options, timeout }: ConnectionFlags): Promise<number> {
  const say = sayJson(io.output);
  const client = new WatchingClient({ ...options, reconnect: false }, watcherOf(say, io.error));
  const stop = new AbortController();
  const ignore = io.onInterrupt(() => {
    stop.abort();
    client.close();
  });
  try {
    await client.connect();
    const isGood = await new Script(io, client, say, timeout).run(stop.signal);
    if (stop.signal.aborted) return ExitCode.Interrupted;
    return isGood ? ExitCode.Ok : ExitCode.Failed;
  } catch (error) {
    if (stop.signal.aborted) return ExitCode.Interrupted;
    say({ error: errorObject(error) });
    return ExitCode.Failed;
  } finally {
    ignore();
    client.close();
  }
}

class Script {
  private isGood = true;
  private isEnding = false;
  private readonly conversation: Conversation;

  constructor(
    private readonly io: CliIo,
    private readonly client: WatchingClient,
    private readonly say: Say,
    timeout: number,
  ) {
    this.conversation = new Conversation(client, say, timeout);
    tellEvents(client, say);
  }

  /** @returns whether all orders were carried out */
  async run(signal: AbortSignal): Promise<boolean> {
    const lines = createInterface({ input: this.io.input, crlfDelay: Infinity });
    signal.addEventListener('abort', () => lines.close(), { once: true });
    this.client.events.once('disconnect', ({ code, reason }) => this.lose(lines, code, reason));
    for await (const line of lines) {
      const text = line.trim();
      if (text === QUIT_COMMAND || signal.aborted) break;
      if (text === HELP_COMMAND) this.io.error.write(`${LINES_HELP}\n`);
      else if (text !== '') await this.take(text, signal);
    }
    this.isEnding = true;
    return this.isGood;
  }

  private async take(line: string, signal: AbortSignal): Promise<void> {
    try {
      const isDone = await this.conversation.perform(readOrder(line), signal);
      this.isGood &&= isDone;
    } catch (error) {
      if (!(error instanceof OrderError)) throw error;
      this.isGood = false;
      this.say({ error: { code: 'INVALID_LINE', message: error.message } });
    }
  }

  /** Without a connection nothing more can be done, but whoever wrote orders already is told of each. */
  private lose(lines: Interface, code: number, reason: string): void {
    if (this.isEnding) return;
    this.isGood = false;
    this.say({ event: 'disconnect', code, reason });
    const close = () => lines.close();
    // An input that has ended needs neither, and keeps nothing waiting.
    const silence = setTimeout(close, SILENCE).unref();
    setTimeout(close, AT_MOST).unref();
    lines.on('line', () => silence.refresh());
  }
}
