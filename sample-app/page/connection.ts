import { SocketClient } from '../../src/client/browser/index.js';
import type { HallContract, LiveView, WatcherPass } from '../live-view.js';
import { element, show } from './elements.js';
import { Nodes } from './nodes.js';

const BETWEEN_PINGS = 2_000;
const LINES_KEPT = 50;

/** The connection of the page: a watcher with a token, which comes back by itself. */
export class Connection {
  private readonly client: SocketClient<HallContract>;
  private readonly nodes: Nodes | undefined;
  private readonly counts = { out: 0, in: 0, connections: 0 };

  constructor(
    { serverPublicKey, hasNodes }: WatcherPass,
    private readonly onView: (view: LiveView) => void,
  ) {
    this.client = new SocketClient<HallContract>({
      address: location.origin.replace(/^http/, 'ws'),
      serverPublicKey,
      authData: async () => ({ role: 'watcher', name: 'a page', token: (await fetchPass()).token }),
      heartBeatInterval: 10_000,
    });
    this.listen();
    if (hasNodes) this.nodes = this.listenToNodes();
    this.bindButtons();
    setInterval(() => void this.ping(), BETWEEN_PINGS);
  }

  async open(): Promise<void> {
    this.showState();
    await this.client.connect();
    this.opened('Connected');
  }

  async judge(pgn: string) {
    return this.counted(() => this.client.request('validateGame', { pgn }));
  }

  private listen(): void {
    const { events } = this.client;
    events.on('disconnect', ({ code, reason, clean }) => {
      this.note(`Disconnected: ${code} ${reason} (${clean ? 'the server said so' : 'unexpected'})`);
    });
    events.on('reconnecting', ({ attempt, delay }) => {
      const when = delay === Infinity ? 'when the browser is online' : `in ${delay} ms`;
      this.note(`Attempt ${attempt} ${when}`);
    });
    events.on('reconnected', () => this.opened('Back, under new keys'));
    events.on('reconnectFailed', ({ message }) => this.note(message));
    this.client.on('announcement', ({ msg }) => {
      this.counts.in++;
      this.note(msg);
    });
  }

  private listenToNodes(): Nodes {
    const show = (view: LiveView): void => {
      this.counts.in++;
      this.onView(view);
      this.showCounts();
    };
    return new Nodes(this.client, (text) => this.note(text), show);
  }

  private bindButtons(): void {
    element('cut').addEventListener('click', () => this.client.send({ request: 'cutMe' }));
    element('rekey').addEventListener('click', () => {
      void this.client.reconnect().then(() => this.opened('New keys'));
    });
    const offline = element('offline');
    offline.addEventListener('click', () => {
      const goesOffline = offline.getAttribute('aria-pressed') === 'false';
      offline.setAttribute('aria-pressed', String(goesOffline));
      offline.textContent = goesOffline ? 'Go online' : 'Go offline';
      if (goesOffline) this.client.close();
      else void this.open();
      this.showState();
    });
  }

  private opened(text: string): void {
    this.counts.connections++;
    this.note(text);
    void (this.nodes ? this.nodes.opened() : this.watch());
    void this.ping();
  }

  /** Until the connection ends; the next one asks anew. */
  private async watch(): Promise<void> {
    this.counts.out++;
    try {
      for await (const view of this.client.stream('watchHall')) {
        this.counts.in++;
        this.onView(view);
        this.showCounts();
      }
    } catch {
      this.showState();
    }
  }

  private async ping(): Promise<void> {
    if (this.client.state !== 'connected') return;
    const startedAt = performance.now();
    const answered = await this.counted(() => this.client.request('ping')).catch(() => undefined);
    if (answered) show('latency', `${(performance.now() - startedAt).toFixed(1)} ms`);
  }

  private async counted<T>(ask: () => Promise<T>): Promise<T> {
    this.counts.out++;
    const answer = await ask();
    this.counts.in++;
    this.showCounts();
    return answer;
  }

  private showCounts(): void {
    show('messages-out', this.counts.out.toLocaleString('en-US'));
    show('messages-in', this.counts.in.toLocaleString('en-US'));
    show('connections', this.counts.connections);
  }

  private note(text: string): void {
    const line = document.createElement('li');
    line.textContent = `${new Date().toLocaleTimeString('en-GB')} ${text}`;
    const log = element('log');
    log.prepend(line);
    while (log.childElementCount > LINES_KEPT) log.lastElementChild!.remove();
    this.showState();
  }

  private showState(): void {
    const { state } = this.client;
    show('state', state);
    element('state').dataset['state'] = state;
    for (const id of ['cut', 'rekey']) {
      element(id).toggleAttribute('disabled', state !== 'connected');
    }
  }
}

export async function fetchPass(): Promise<WatcherPass> {
  const response = await fetch('pass');
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as WatcherPass;
}
