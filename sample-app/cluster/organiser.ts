import type { ClientTelemetry } from '../../src/telemetry/index.js';
import type { Heard, Judged, Peer } from '../cluster-messages.js';
import type { CatalogueGame } from '../games/game-catalogue.service.js';
import { LiveBoard } from '../live-board.js';
import type { NodeSummary, Summary } from '../messages.js';
import type { View } from '../view/view.js';
import { Bulletin } from './bulletin.js';
import { Crew } from './crew.js';
import { Dealer } from './dealer.js';
import { Ledger } from './ledger.js';
import type { NodeProcesses } from './node-processes.js';
import { OrganiserLink, type OrganiserListener } from './organiser-link.js';
import { callRoll } from './roll-call.js';

/** What an organiser works with. */
export interface OrganiserOptions {
  readonly address: string;
  readonly authKey: string;
  readonly telemetry: ClientTelemetry | undefined;
  readonly games: readonly CatalogueGame[];
  /** The names of those who are to judge them. */
  readonly workers: readonly string[];
  readonly nodes: NodeProcesses;
  readonly view: View;
}

/**
 * Deals the games, counts the verdicts and announces what came of it. It is a client, as the workers
 * are: any node may go, also the one that it is on, and it comes back on another one.
 */
export class Organiser implements OrganiserListener {
  private readonly link: OrganiserLink;
  private readonly ledger: Ledger;
  private readonly crew: Crew;
  private readonly dealer: Dealer;
  private readonly board = new LiveBoard();
  private readonly bulletin: Bulletin;
  private readonly closing = new AbortController();
  private readonly complete: Promise<void>;
  private onComplete!: () => void;
  private percent: number | undefined;
  private startedAt: number | undefined;

  constructor(private readonly options: OrganiserOptions) {
    const { games, nodes } = options;
    this.complete = new Promise((resolve) => (this.onComplete = resolve));
    const isUp = (node: number): boolean => nodes.isUp(node);
    this.link = new OrganiserLink(options, this);
    this.ledger = new Ledger(games);
    this.crew = new Crew(
      () => this.link.whoIsThere(),
      isUp,
      () => this.crewChanged(),
    );
    this.dealer = new Dealer(
      games.map(({ gameId, pgn }) => ({ gameId, pgn })),
      {
        handOut: ({ id }, some, signal) => this.link.handOut(id, some, signal),
        onHeard: ({ name }, heard) => this.heard(name, heard),
        isDone: ({ gameId }) => this.ledger.wasHeard(gameId),
      },
    );
    this.bulletin = new Bulletin(this.board, this.crew, nodes, (board) =>
      this.link.publishBoard(board),
    );
  }

  async open(): Promise<void> {
    await this.link.connect();
    void this.bulletin.run(this.closing.signal);
    await this.crew.refresh();
    this.tellPlace('here');
  }

  /** Resolves when every game was judged, and every worker knows. */
  async runRound(): Promise<Summary> {
    await this.complete;
    const seconds = (performance.now() - this.startedAt!) / 1000;
    // Whoever is coming back from a node that has gone is to hear it, too.
    await this.callRoll();
    const { present } = this.crew;
    const nodes = this.nodeSummaries();
    const heardOnce = await this.announce();
    const cluster = { nodes, heardOnce, handedOutAgain: this.dealer.handedOutAgain };
    const versions = [...new Set(present.map(({ version }) => version))];
    return { ...this.ledger.score(), seconds, connections: present.length, versions, cluster };
  }

  close(): void {
    this.closing.abort();
    this.link.close();
  }

  onJudged({ gameId, verdict }: Judged): void {
    if (!this.ledger.record(gameId, verdict)) return;
    const { games } = this.options;
    this.board.judged(gameId, games[gameId]?.pgn ?? '', verdict);
    this.bulletin.changed();
    this.showProgress();
    this.finishWhenComplete();
  }

  onComings(): void {
    void this.crew.refresh();
  }

  onBack(): void {
    this.dealer.startAfresh();
    void this.crew.refresh().then(() => this.tellPlace('back'));
  }

  onGap(): void {
    this.ledger.complain('The organiser has missed verdicts');
  }

  private tellPlace(how: string): void {
    const { nodes, view } = this.options;
    const place = this.crew.organiser?.node;
    if (place !== undefined) view.log(`the organiser: ${how}, on ${nodes.nameOf(place)}`);
  }

  private crewChanged(): void {
    this.bulletin.changed();
    const { workers } = this.crew;
    if (this.startedAt === undefined && workers.length < this.options.workers.length) return;
    if (this.startedAt === undefined) this.begin(workers);
    this.dealer.update(workers);
  }

  private begin(workers: readonly Peer[]): void {
    const { games, view } = this.options;
    this.startedAt = performance.now();
    this.board.roundBegan(games.length);
    const places = workers.map(({ name, node }) => `${name} (${this.options.nodes.nameOf(node)})`);
    view.log(`Dealing ${games.length} games to ${places.join(', ')}`);
    this.showProgress();
  }

  /** Percent by percent. */
  private showProgress(): void {
    const { games, view } = this.options;
    const percent = Math.floor((100 * this.ledger.judged) / games.length);
    if (percent === this.percent) return;
    this.percent = percent;
    view.progress(this.ledger.judged, games.length);
  }

  private heard(worker: string, heard: Heard): void {
    this.ledger.hear(worker, heard);
    this.finishWhenComplete();
  }

  private finishWhenComplete(): void {
    if (this.ledger.isComplete) this.onComplete();
  }

  /** @returns how many workers heard it exactly once */
  private async announce(): Promise<number> {
    const { games, valid, invalid, problems } = this.ledger.score();
    const msg = problems.length === 0 ? 'All games are judged' : 'Something went wrong';
    await this.link.announce({ msg, games, valid, invalid });
    const heard = await this.callRoll();
    const heardOnce = heard.filter((times) => times === 1).length;
    if (heardOnce < heard.length) {
      this.ledger.complain(`The workers heard the announcement ${heard.join(', ')} times`);
    }
    return heardOnce;
  }

  private callRoll(): Promise<number[]> {
    return callRoll(this.options.workers, this.crew, (worker, signal) =>
      this.link.whatWasHeard(worker, signal),
    );
  }

  private nodeSummaries(): NodeSummary[] {
    const { workers } = this.crew;
    return this.options.nodes.all.map(({ number, name, isUp }) => {
      const here = workers.filter(({ node }) => node === number);
      return { name, isLost: !isUp, workers: here.length };
    });
  }
}
