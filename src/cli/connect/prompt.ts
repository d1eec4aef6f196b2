import { once } from 'node:events';
import type { Interface } from 'node:readline';
import { ExitCode, type CliIo } from '../common/cli-io.js';
import type { ConnectionFlags } from '../common/connection-flags.js';
import { paintFor, type Paint } from '../common/paint.js';
import { errorText, jsonText, plainText } from '../common/shown-text.js';
import { WatchingClient } from '../common/watching-client.js';
import { Completion } from './completion.js';
import { Conversation, tellEvents, watcherOf } from './conversation.js';
import { HELP_COMMAND, OrderError, QUIT_COMMAND, readOrder, type Order } from './order.js';
import { sayText } from './printers.js';
import type { Said, Say } from './said.js';
import { Screen } from './screen.js';
import { PROMPT_HELP } from './prompt.help.js';
import { tellOutages, untilConnected } from './outages.js';

/** Lets somebody talk to a server. */
export async function runPrompt(io: CliIo, flags: ConnectionFlags): Promise<number> {
  const prompt = new Prompt(io, flags);
  const stop = io.onInterrupt(() => prompt.end());
  try {
    return await prompt.run();
  } finally {
    stop();
    prompt.end();
  }
}

class Prompt {
  private readonly screen: Screen;
  private readonly completion = new Completion();
  private readonly client: WatchingClient;
  private readonly conversation: Conversation;
  private readonly say: Say;
  private readonly paint: Paint;
  private accepted: unknown;
  private lines: Interface | undefined;
  private isOver = false;
  /** Whether the cursor stands behind the prompt. */
  private isTyping = false;
  private exitCode: number = ExitCode.Ok;
  /** Of the orders that are under way. */
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly io: CliIo,
    private readonly flags: ConnectionFlags,
  ) {
    this.screen = new Screen(io);
    this.paint = paintFor(io.output);
    const print = sayText((line) => this.screen.print(line), this.paint);
    const say = (said: Said) => {
      this.learn(said);
      if (!this.isOver) print(said);
    };
    const watcher = watcherOf(say, io.error);
    const onAccepted = (response: unknown) => (this.accepted = response);
    const reconnect = { baseDelay: 500, maxDelay: 5_000 };
    this.client = new WatchingClient({ ...flags.options, reconnect }, { ...watcher, onAccepted });
    this.conversation = new Conversation(this.client, say, flags.timeout);
    this.say = say;
    tellEvents(this.client, say);
  }

  async run(): Promise<number> {
    try {
      await untilConnected(this.client);
    } catch (error) {
      return this.isOver ? ExitCode.Interrupted : this.refuse(error);
    }
    tellOutages(this.client, this.say, () => this.fail());
    this.screen.print(this.greeting());
    const lines = this.screen.open('> ', (line) => this.completion.complete(line));
    this.lines = lines;
    lines.on('line', (line) => this.take(line)).on('SIGINT', () => this.interrupt(lines));
    lines.prompt();
    this.isTyping = true;
    await once(lines, 'close');
    return this.exitCode;
  }

  /** Leaves the server and the terminal as they were. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const order of this.open) order.abort();
    // The shell goes on in a line of its own.
    if (this.isTyping) this.io.output.write('\n');
    this.lines?.close();
    this.client.close();
  }

  private greeting(): string {
    const { address } = this.flags;
    const reply = jsonText(this.accepted);
    return `Connected to ${this.paint('bold', plainText(address))}, whose auth says ${reply}. ${HELP_COMMAND} helps, ${QUIT_COMMAND} ends.`;
  }

  private refuse(error: unknown): number {
    this.io.error.write(`${errorText(error)}\nnestjs-sockets doctor finds out more.\n`);
    return ExitCode.Failed;
  }

  private fail(): void {
    this.exitCode = ExitCode.Failed;
    this.end();
  }

  private take(line: string): void {
    // What was pasted behind the end is read all the same.
    if (this.isOver) return;
    const text = line.trim();
    if (text === QUIT_COMMAND) {
      this.isTyping = false;
      return this.end();
    }
    if (text === HELP_COMMAND) this.screen.print(PROMPT_HELP);
    else if (text !== '') this.order(text);
    this.lines?.prompt();
  }

  private order(text: string): void {
    try {
      const order = readOrder(text);
      this.completion.learn(order.name);
      void this.perform(order);
    } catch (error) {
      if (!(error instanceof OrderError)) throw error;
      this.screen.print(this.paint('red', plainText(error.message)));
    }
  }

  private async perform(order: Order): Promise<void> {
    const controller = new AbortController();
    this.open.add(controller);
    await this.conversation.perform(order, controller.signal);
    this.open.delete(controller);
  }

  private learn(said: Said): void {
    if ('event' in said) return;
    if ('push' in said || 'ask' in said) this.completion.learn(said.request);
  }

  /** Ctrl-C: the nearest thing that can end does. */
  private interrupt(lines: Interface): void {
    if (this.open.size > 0) for (const order of this.open) order.abort();
    else if (lines.line !== '') clear(lines);
    else this.end();
  }
}

function clear(lines: Interface): void {
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
}
