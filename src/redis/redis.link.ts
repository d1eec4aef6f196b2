import type { CommandArguments, ConnectionFactory, RedisConnection } from './redis.client.js';
import { MissedDeadlineError, withDeadline } from './deadline.js';
import { isOutOfService, readServer } from './redis.server.js';
import { SCRIPTS, type RedisScript } from './redis.scripts.js';

/** What a link tells. */
export interface LinkListener {
  onMessage(channel: string, message: Buffer): void;
  /** Once, and not for a link that was ended. */
  onLost(link: RedisLink, error: unknown): void;
}

// Bulk strings ('$') are read as bytes.
const AS_BYTES = { typeMapping: { 36: Buffer } };

/**
 * One connection for commands and one for subscriptions, from when both are ready until either is lost.
 * It is never mended: what one of them missed, nobody knows. A missed deadline loses it, too, so that a
 * server that hangs and a connection that is half open are noticed.
 */
export class RedisLink {
  /** Of the server that it leads to; empty where that is not told. */
  run = '';
  readonly openedAt = performance.now();
  private failure: unknown;
  /** When each connection last gave an answer. */
  private readonly answeredAt = new Map<RedisConnection, number>();
  private readonly end = new AbortController();
  private readonly commands: RedisConnection;
  private readonly subscriber: RedisConnection;

  constructor(
    connect: ConnectionFactory,
    private readonly deadline: number,
    private readonly listener: LinkListener,
  ) {
    const bounds = { timeout: deadline, signal: this.end.signal };
    this.commands = connect(bounds);
    this.subscriber = connect(bounds);
    for (const connection of [this.commands, this.subscriber]) {
      connection.on('error', this.lose);
      connection.on('end', () => this.lose(new Error('the connection was closed')));
    }
  }

  get isLost(): boolean {
    return this.end.signal.aborted;
  }

  /** Rejects with whatever kept it from being ready. It has to be ended then. */
  async open(): Promise<void> {
    const connections = [this.commands, this.subscriber];
    await Promise.all(
      connections.map((connection) => this.inTime(connection.connect(), connection)),
    );
    const [run, other] = await Promise.all(connections.map((connection) => this.runOf(connection)));
    // Behind one address there may be several servers, one of which takes the place of another.
    if (run !== other) throw new Error('the two connections lead to different servers');
    this.run = run!;
    const scripts = Object.values(SCRIPTS);
    await Promise.all(scripts.map(({ text }) => this.send(['SCRIPT', 'LOAD', text])));
  }

  send(args: CommandArguments): Promise<unknown> {
    return this.inTime(this.commands.sendCommand(args, AS_BYTES), this.commands);
  }

  /** Runs a script in one step. */
  async runScript(
    { text, sha1 }: RedisScript,
    keys: readonly string[],
    args: CommandArguments,
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(['EVALSHA', sha1, ...rest]);
    } catch (error) {
      // Somebody flushed the scripts of the server.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.send(['EVAL', text, ...rest]);
    }
  }

  subscribe(channels: string[]): Promise<void> {
    return this.inTime(this.subscriber.subscribe(channels, this.onMessage, true), this.subscriber);
  }

  unsubscribe(channels: string[]): Promise<void> {
    return this.inTime(
      this.subscriber.unsubscribe(channels, this.onMessage, true),
      this.subscriber,
    );
  }

  /** Finds out whether the connection for subscriptions still is one: usually it only listens. */
  async check(): Promise<void> {
    await this.inTime(this.subscriber.sendCommand(['PING'], {}), this.subscriber);
  }

  /** Ends both connections, and whatever waits for them. */
  destroy(): void {
    if (this.isLost) return;
    this.end.abort();
    for (const connection of [this.commands, this.subscriber]) {
      try {
        connection.destroy();
      } catch {
        // It has ended itself.
      }
    }
  }

  private readonly lose = (error: unknown) => {
    if (this.isLost) return;
    this.failure = error;
    this.listener.onLost(this, error);
    this.destroy();
  };

  private readonly onMessage = (message: Buffer, channel: Buffer) => {
    if (!this.isLost) this.listener.onMessage(channel.toString(), message);
  };

  private async inTime<T>(answer: Promise<T>, connection: RedisConnection): Promise<T> {
    try {
      const result = await withDeadline(answer, this.deadline);
      this.answeredAt.set(connection, performance.now());
      return result;
    } catch (error) {
      if (this.isSilent(error, connection) || isOutOfService(error)) this.lose(error);
      // Where the link was lost, this is why, and not that somebody waited for an answer.
      throw this.failure ?? error;
    }
  }

  /** Where others were answered meanwhile, there is only much to do. */
  private isSilent(error: unknown, connection: RedisConnection): boolean {
    if (!(error instanceof MissedDeadlineError)) return false;
    const last = this.answeredAt.get(connection) ?? this.openedAt;
    return performance.now() - last >= this.deadline;
  }

  // It may be forbidden to ask.
  private async runOf(connection: RedisConnection): Promise<string> {
    const question = this.inTime(connection.sendCommand(['INFO', 'server'], {}), connection);
    const info = await question.catch((error: unknown) => {
      if (this.isLost) throw error;
      return '';
    });
    return readServer(info).run;
  }
}
