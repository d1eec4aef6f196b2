const PLAIN_INTERVAL = 5_000;

/** One line that changes in a terminal; in a pipe plain lines, and not too many. */
export class Progress {
  #title = '';
  #toldAt = 0;

  constructor(private readonly output: NodeJS.WriteStream) {}

  begin(title: string): void {
    this.#title = title;
    this.#toldAt = 0;
    this.tell('started');
  }

  tell(progress: string): void {
    const line = `${this.#title}: ${progress}`;
    if (this.output.isTTY) return this.#replaceLine(line.slice(0, this.output.columns - 1));
    if (Date.now() - this.#toldAt < PLAIN_INTERVAL) return;
    this.#toldAt = Date.now();
    this.output.write(`${line}\n`);
  }

  end(outcome: string): void {
    if (this.output.isTTY) this.#replaceLine('');
    this.output.write(`${this.#title}: ${outcome}\n`);
  }

  #replaceLine(line: string): void {
    this.output.cursorTo(0);
    this.output.write(line);
    this.output.clearLine(1);
  }
}
