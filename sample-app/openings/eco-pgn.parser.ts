import { parseMoves } from '../games/movetext.js';
import type { Opening } from './opening.js';

/** Reads `eco.pgn`: one entry per opening, each with an `[ECO "…"]` tag first. */
export function parseEcoPgn(text: string): Opening[] {
  const [, ...entries] = text.split(/^(?=\[ECO )/m);
  return entries.map(parseEntry);
}

function parseEntry(entry: string): Opening {
  const tags = new Map<string, string>();
  for (const [, tag, value] of entry.matchAll(/^\[(\w+) "(.*)"\]/gm)) tags.set(tag!, value!);
  const name = [tags.get('Opening'), tags.get('Variation')].filter(Boolean).join(': ');
  return { eco: tags.get('ECO') ?? '', name, moves: parseMoves(entry) };
}
