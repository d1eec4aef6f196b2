import {
  clearScreenDown,
  createInterface,
  cursorTo,
  moveCursor,
  type Completer,
  type Interface,
} from 'node:readline';
import type { CliIo } from '../common/cli-io.js';

const HISTORY = 1_000;

/** How many rows above the cursor readline will draw the line: after a paste not as many as it has. */
type Drawn = Interface & { readonly prevRows?: number };

/** A terminal with a line that somebody types, above which other lines appear. */
export class Screen {
  private lines: Interface | undefined;

  constructor(private readonly io: CliIo) {}

  /** Starts to read what is typed. */
  open(prompt: string, completer: Completer): Interface {
    const { input, output } = this.io;
    const lines = createInterface({
      input,
      output,
      prompt,
      completer,
      terminal: true,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
    });
    lines.once('close', () => (this.lines = undefined));
    this.lines = lines;
    return lines;
  }

  /** Prints above the line that is being typed, which stays as it is. */
  print(text: string): void {
    const { output } = this.io;
    if (!this.lines) return void output.write(`${text}\n`);
    const { rows } = this.lines.getCursorPos();
    const { prevRows = rows } = this.lines as Drawn;
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    output.write(`${text}\n${'\n'.repeat(prevRows)}`);
    this.lines.prompt(true);
  }
}
