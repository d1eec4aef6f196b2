import type { Peer } from '../cluster-messages.js';

/**
 * Who is in the hall, on whatever node, as the organiser knows it. What a killed node has written
 * about its peers is there until its lease ends; so who is on a node that is known to be gone does
 * not count, and of a worker the last one who came by that name does.
 */
export class Crew {
  private peers: readonly Peer[] = [];
  private isAsking = false;
  private isStale = false;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly ask: () => Promise<Peer[]>,
    private readonly isUp: (node: number) => boolean,
    private readonly onChange: () => void,
  ) {}

  get present(): Peer[] {
    return this.peers.filter(({ node }) => this.isUp(node));
  }

  /** One of each name. */
  get workers(): Peer[] {
    const latest = this.present
      .filter(({ role }) => role === 'worker')
      .toSorted((one, other) => one.since - other.since);
    return [...new Map(latest.map((peer) => [peer.name, peer])).values()];
  }

  get organiser(): Peer | undefined {
    return this.present.find(({ role }) => role === 'organiser');
  }

  worker(name: string): Peer | undefined {
    return this.workers.find((worker) => worker.name === name);
  }

  /** Something has happened: looks who is there, and once more if more happens meanwhile. */
  async refresh(): Promise<void> {
    this.isStale = true;
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      while (this.isStale) await this.look();
    } catch {
      // The connection is lost, and whoever comes back asks again.
    } finally {
      this.isAsking = false;
    }
  }

  /** Resolves when somebody came or went. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async look(): Promise<void> {
    this.isStale = false;
    this.peers = await this.ask();
    this.onChange();
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
