import { cpus, totalmem } from 'node:os';
import type { Finding } from '../attacks/support/finding.js';

const GIB = 1024 ** 3;

/** The findings as a Markdown table, under the size of the machine. */
export function formatTable(findings: readonly Finding[], seconds: number): string {
  const rows = findings.map(({ suite, howMuch, seen, broken }) => {
    const verdict = broken.length === 0 ? 'held' : `**failed**: ${broken.join('; ')}`;
    return formatRow([suite, howMuch, seen, verdict]);
  });
  const minutes = (seconds / 60).toFixed(1);
  return [
    `${describeMachine()}; ${minutes} minutes.`,
    '',
    formatRow(['suite', 'how much', 'what was seen', 'verdict']),
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function describeMachine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / GIB);
  return `Node ${process.versions.node}, ${cpus().length} cores (${first?.model.trim()}), ${memory} GiB of memory`;
}

/** What came from a peer may hold what would end a cell. */
function formatRow(cells: readonly string[]): string {
  const safe = cells.map((cell) => cell.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|'));
  return `| ${safe.join(' | ')} |`;
}
