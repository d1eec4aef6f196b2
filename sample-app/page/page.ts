import type { LiveView } from '../live-view.js';
import { showBoard, showRemark } from './board.js';
import { showChart } from './chart.js';
import { Connection, fetchPass } from './connection.js';
import { element, show } from './elements.js';

showBoard();
showChart(Array.from({ length: 60 }, () => 0));

const connection = new Connection(await fetchPass(), showView);
element('judge').addEventListener('submit', (event) => {
  event.preventDefault();
  void judge((element('pgn') as HTMLTextAreaElement).value);
});
await connection.open().catch((error: Error) => show('state', error.message));

function showView(view: LiveView): void {
  const { judged, total, game, workers } = view;
  (element('progress') as HTMLProgressElement).value = total > 0 ? judged / total : 0;
  if (total > 0) show('progress-text', `${judged} of ${total} games are judged`);
  for (const name of ['valid', 'invalid', 'watchers'] as const) show(name, view[name]);
  showWorkers(workers);
  showChart(view.perSecond);
  if (!game) return;
  if (game.fen) showBoard(game.fen);
  showRemark('game-remark', `Game ${game.gameId}: ${game.remark}`, game.valid);
}

function showWorkers(workers: readonly string[]): void {
  const items = workers.map((name) => {
    const item = document.createElement('li');
    item.textContent = name;
    return item;
  });
  if (items.length === 0) {
    const nobody = Object.assign(document.createElement('li'), { className: 'nobody' });
    nobody.textContent = 'nobody is here';
    items.push(nobody);
  }
  element('workers').replaceChildren(...items);
}

async function judge(pgn: string): Promise<void> {
  try {
    const verdict = await connection.judge(pgn);
    const remark = verdict.valid
      ? `Valid: ${verdict.eco} ${verdict.opening}, ${verdict.plies} half-moves`
      : `Not valid: ${verdict.reason}`;
    showRemark('verdict', remark, verdict.valid);
    if (verdict.valid) showBoard(verdict.fen);
  } catch (error) {
    showRemark('verdict', (error as Error).message, false);
  }
}
