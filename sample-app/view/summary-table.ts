import type { ClusterSummary, Summary } from '../messages.js';

const PROBLEMS_SHOWN = 10;

/** The summary as lines of text, one figure each. */
export function summaryTable(summary: Summary): string {
  const { games, legalGames, valid, invalid, caught, seconds, connections, versions, problems } =
    summary;
  const { cluster } = summary;
  const rows: [string, string][] = [
    ['games', String(games)],
    ['valid', `${valid} of ${legalGames}`],
    ['invalid', `${invalid} of ${games - legalGames}`],
    ['illegal games caught', `${caught} of ${games - legalGames}`],
    ['seconds', seconds.toFixed(1)],
    ['requests per second', String(Math.round((valid + invalid) / seconds))],
    ['connections', String(connections)],
    ['wire', `version ${versions.join(' and ')}`],
    ...(cluster ? clusterRows(cluster) : []),
    ['problems', problems.length === 0 ? 'none' : String(problems.length)],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(22)}${value}`);
  return ['', ...lines, '', ...problemLines(problems)].join('\n');
}

function problemLines(problems: readonly string[]): string[] {
  const more = problems.length - PROBLEMS_SHOWN;
  const lines = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${problem}`);
  return more > 0 ? [...lines, `  … and ${more} more`] : lines;
}

function clusterRows({ nodes, heardOnce, handedOutAgain }: ClusterSummary): [string, string][] {
  const total = nodes.reduce((sum, { workers }) => sum + workers, 0);
  const lost = nodes.filter(({ isLost }) => isLost).map(({ name }) => name);
  const living = nodes.filter(({ isLost }) => !isLost);
  const places = living.map(({ name, workers }) => `${workers} on ${name}`);
  return [
    [
      'nodes',
      lost.length === 0 ? String(nodes.length) : `${nodes.length}, lost: ${lost.join(', ')}`,
    ],
    ['workers', `${total}: ${places.join(', ')}`],
    ['announcement', `heard once by ${heardOnce} of ${total} workers`],
    ['handed out again', `${handedOutAgain} games`],
  ];
}
