import type { View } from './view.js';

/** For pipes and files: one line for each step. */
export class LinesView implements View {
  constructor(private readonly print: (line: string) => void = console.log) {}

  log(line: string): void {
    this.print(line);
  }

  progress(judged: number, total: number): void {
    const percent = Math.floor((100 * judged) / total);
    this.print(`Judged ${judged} of ${total} games (${percent} %)`);
  }

  stop(): void {}
}
