import { setInterval } from 'node:timers/promises';
import type { LiveBoard } from '../live-board.js';
import type { ClusterView, LiveNode } from '../live-view.js';
import type { Peer } from '../cluster-messages.js';
import type { Crew } from './crew.js';
import type { NodeProcesses } from './node-processes.js';

const MILLISECONDS_BETWEEN_BOARDS = 200;
/** The seconds that the board shows go on even when nothing else does. */
const BOARDS_PER_SECOND = 1_000 / MILLISECONDS_BETWEEN_BOARDS;

/** Publishes what there is to see, again and again, each with the next number. */
export class Bulletin {
  private number = 1;
  private isChanged = true;

  constructor(
    private readonly board: LiveBoard,
    private readonly crew: Crew,
    private readonly nodes: NodeProcesses,
    private readonly publish: (view: ClusterView) => Promise<unknown>,
  ) {}

  changed(): void {
    this.isChanged = true;
  }

  /** Goes on until the signal comes. */
  async run(signal: AbortSignal): Promise<void> {
    let turns = 0;
    try {
      for await (const _ of setInterval(MILLISECONDS_BETWEEN_BOARDS, undefined, { signal })) {
        turns++;
        if (this.isChanged || turns % BOARDS_PER_SECOND === 0) await this.publishNext();
      }
    } catch {
      // That was the signal.
    }
  }

  /** What could not be published gets another chance, under its number, as what there is by then. */
  private async publishNext(): Promise<void> {
    this.isChanged = false;
    try {
      await this.publish(this.view());
      this.number++;
    } catch {
      this.isChanged = true;
    }
  }

  private view(): ClusterView {
    const peers = this.crew.present;
    return {
      ...this.board.view(),
      number: this.number,
      workers: peers.filter(({ role }) => role === 'worker').map((peer) => this.placeOf(peer)),
      watchers: peers.filter(({ role }) => role === 'watcher').length,
      nodes: this.nodes.all.map((node) => viewOf(node, peers)),
    };
  }

  private placeOf({ name, node }: Peer): string {
    return `${name}, on ${this.nodes.nameOf(node)}`;
  }
}

function viewOf({ number, name, isUp }: Omit<LiveNode, 'peers'>, peers: readonly Peer[]): LiveNode {
  const here = peers.filter(({ node }) => node === number).map((peer) => peer.name);
  return { number, name, isUp, peers: here.toSorted() };
}
