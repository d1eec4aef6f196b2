import type { CompleterResult } from 'node:readline';
import { HELP_COMMAND, KINDS, QUIT_COMMAND } from './order.js';

const BEGINNINGS: readonly string[] = [...KINDS, HELP_COMMAND, QUIT_COMMAND];

/** Completes names of requests: those that were used before, or came from the server. */
export class Completion {
  private readonly names = new Set<string>();

  learn(name: string): void {
    this.names.add(name);
  }

  complete(line: string): CompleterResult {
    const words = line.trimStart().split(/\s+/);
    const last = words.at(-1) ?? '';
    return [this.candidates(words).filter((name) => name.startsWith(last)), last];
  }

  private candidates([first = '', ...rest]: readonly string[]): string[] {
    if (rest.length === 0) return [...this.names, ...BEGINNINGS];
    const isName = rest.length === 1 && KINDS.some((kind) => kind === first);
    return isName ? [...this.names] : [];
  }
}
