import { setTimeout as wait } from 'node:timers/promises';
import { unavailable } from '../engine/unavailable.js';
import { withDeadline } from './deadline.js';
import { reasonOf, type OutageLog } from './outage.log.js';
import type { ConnectionFactory } from './redis.client.js';
import { RedisLink } from './redis.link.js';
import { isHopeless } from './redis.server.js';
import type { RedisTiming } from './redis.timing.js';

/** What a connector serves. */
export interface ConnectorOwner {
  /** Makes a new link ready for use. Where it rejects, the link is given up. */
  prepare(link: RedisLink): Promise<void>;
  onMessage(channel: string, message: Buffer): void;
  onAvailable(isAvailable: boolean): void;
}

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;
// A link that is lost sooner was none: the pauses go on growing.
const STABLE_AFTER = 10_000;

/** Keeps a link to Redis: makes a new one for each that is lost, until it is closed. */
export class RedisConnector {
  private link: RedisLink | undefined;
  private opening: RedisLink | undefined;
  private lastError: unknown;
  private failures = 0;
  private hasLostOne = false;
  private readonly end = new AbortController();

  constructor(
    private readonly connect: ConnectionFactory,
    private readonly timing: RedisTiming,
    private readonly log: OutageLog,
    private readonly owner: ConnectorOwner,
  ) {}

  /** @throws SocketsError `ENGINE_UNAVAILABLE` while there is none */
  get current(): RedisLink {
    if (this.link) return this.link;
    if (this.isClosed) throw unavailable('is closed');
    throw unavailable(`cannot be reached (${reasonOf(this.lastError)})`, this.lastError);
  }

  /** Rejects with the last error, and is closed then, when there is no link in time or can be none. */
  async start(): Promise<void> {
    try {
      await withDeadline(this.openUntilDone(isHopeless), this.timing.start);
    } catch (error) {
      this.close();
      throw this.lastError ?? error;
    }
  }

  close(): void {
    this.end.abort();
    this.link?.destroy();
    this.opening?.destroy();
    this.link = undefined;
  }

  private get isClosed(): boolean {
    return this.end.signal.aborted;
  }

  private async openUntilDone(mayGiveUp: (error: unknown) => boolean): Promise<void> {
    for (;;) {
      try {
        return await this.open();
      } catch (error) {
        this.lastError = error;
        if (this.isClosed || mayGiveUp(error)) throw error;
        this.log.away(error);
        await this.pause();
      }
    }
  }

  private async open(): Promise<void> {
    const { deadline } = this.timing;
    const link = new RedisLink(this.connect, deadline, {
      onMessage: (channel, message) => this.owner.onMessage(channel, message),
      onLost: (lost, error) => this.onLost(lost, error),
    });
    this.opening = link;
    try {
      await link.open();
      await this.owner.prepare(link);
      if (link.isLost) throw new Error('the connection was lost at once');
    } catch (error) {
      link.destroy();
      throw error;
    }
    this.link = link;
    this.log.back();
    if (this.hasLostOne) this.owner.onAvailable(true);
  }

  private onLost(link: RedisLink, error: unknown): void {
    if (link !== this.link) return;
    this.link = undefined;
    this.hasLostOne = true;
    this.lastError = error;
    if (performance.now() - link.openedAt > STABLE_AFTER) this.failures = 0;
    this.log.away(error);
    this.owner.onAvailable(false);
    void this.reopen();
  }

  private async reopen(): Promise<void> {
    try {
      await this.pause();
      await this.openUntilDone(() => false);
    } catch {
      // Only where it was closed meanwhile.
    }
  }

  // Half of it random, so that not all nodes come at once.
  private async pause(): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    await wait(longest * (0.5 + Math.random() / 2), undefined, { signal: this.end.signal });
  }
}
