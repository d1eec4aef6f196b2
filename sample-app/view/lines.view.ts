import type { View } from './view.js';

const PERCENT_A_LINE = 5;

/** For pipes and files: a line for every twentieth of the games. */
export class LinesView implements View {
  constructor(private readonly print: (line: string) => void = console.log) {}

  log(line: string): void {
    this.print(line);
  }

  progress(judged: number, total: number): void {
    const percent = Math.floor((100 * judged) / total);
    if (percent % PERCENT_A_LINE !== 0) return;
    this.print(`Judged ${judged} of ${total} games (${percent} %)`);
  }

  stop(): void {}
}
