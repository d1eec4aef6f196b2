import type { SocketClient } from '../../src/client/browser/index.js';
import type { ClusterView, HallContract, LiveNode } from '../live-view.js';
import { element, show } from './elements.js';

/** The nodes of the hall, if it has several: who is where, and what becomes of one that is killed. */
export class Nodes {
  private readonly counts = { boards: 0, 'boards-recovered': 0, 'boards-missed': 0 };
  private number: number | undefined;
  private isBehind = false;
  private mine: number | undefined;
  private isPlaceTold = false;
  private latest: readonly LiveNode[] = [];
  /** What there is to say since the connection began. */
  private news: string[] = [];

  constructor(
    private readonly client: SocketClient<HallContract>,
    private readonly note: (text: string) => void,
    private readonly onView: (view: ClusterView) => void,
  ) {
    document.querySelector('.nodes')!.removeAttribute('hidden');
    client.on('board', (view) => this.showBoard(view));
    client.events.on('room', ({ recovered }) => this.entered(recovered));
    client.events.on('disconnect', () => this.lost());
    element('kill').addEventListener('click', () => void this.kill());
  }

  /** The page is connected, to whichever node. */
  async opened(): Promise<void> {
    this.mine = await this.client.request('whichNode').catch(() => undefined);
    this.showNodes();
  }

  private lost(): void {
    this.isBehind = this.number !== undefined;
    this.mine = undefined;
    this.isPlaceTold = false;
    this.news = [];
    this.showNodes();
  }

  /** After what was missed, if it was there to be had. */
  private entered(isRecovered: boolean): void {
    if (!this.isBehind) return;
    this.isBehind = false;
    if (!isRecovered) this.number = undefined;
    this.say(isRecovered ? 'Nothing was missed' : 'What was missed is not there any more');
  }

  private showBoard(view: ClusterView): void {
    const { number = view.number - 1 } = this;
    // A board is published again when it was not heard that it had been.
    if (view.number <= number) return;
    this.number = view.number;
    this.counts.boards++;
    if (this.isBehind) this.counts['boards-recovered']++;
    this.counts['boards-missed'] += view.number - number - 1;
    for (const [id, count] of Object.entries(this.counts)) show(id, count);
    this.latest = view.nodes;
    this.showNodes();
    this.onView(view);
  }

  private showNodes(): void {
    element('nodes').replaceChildren(...this.latest.map((node) => this.itemOf(node)));
    this.tellPlace();
    const others = this.latest.filter(({ isUp, number }) => isUp && number !== this.mine);
    const isPossible = this.mine !== undefined && others.length > 0;
    element('kill').toggleAttribute('disabled', !isPossible);
  }

  /** As soon as it is known which node it is, and what that is called. */
  private tellPlace(): void {
    const node = this.latest.find(({ number }) => number === this.mine);
    if (!node || this.isPlaceTold) return;
    this.isPlaceTold = true;
    this.say(`This page is on ${node.name}`);
  }

  private itemOf({ number, name, isUp, peers }: LiveNode): HTMLElement {
    const item = document.createElement('li');
    item.dataset['up'] = String(isUp);
    const isMine = number === this.mine;
    if (isMine) item.setAttribute('aria-current', 'true');
    const title = document.createElement('strong');
    title.textContent = `${name}${isMine ? ', with this page' : ''}${isUp ? '' : ', killed'}`;
    item.append(title, isUp ? counted(peers) || 'nobody' : 'its peers are on other nodes');
    return item;
  }

  private async kill(): Promise<void> {
    this.say('This node is to be killed');
    // There is nobody left to answer.
    await this.client.request('killNode').catch(() => undefined);
  }

  private say(text: string): void {
    this.news.push(text);
    show('nodes-news', this.news.join('. '));
    this.note(text);
  }
}

/** `a page, a page, worker 1` as `a page (2), worker 1`. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} (${count})` : name)).join(', ');
}
