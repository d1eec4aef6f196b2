/** Somebody who has something to write at the end of a turn. */
interface Writer {
  /** How many characters there are to be sealed and written. */
  readonly textLength: number;
  flush(): void;
}

// So much takes a while to seal and to write: others should not have to wait for all who have it.
const LONG = 64 * 1024;

/** The turns of the event loop: what is sent in one of them is written at its end, in one go. */
export class EventLoopTurns {
  /** The number of this turn. */
  private turn = 0;
  private endIsDue = false;
  private writers: Writer[] = [];
  private readonly longWriters: Writer[] = [];

  get current(): number {
    this.endSoon();
    return this.turn;
  }

  /** Has somebody write at the end of this turn; of those who have much, one in each. */
  writeAtEnd(writer: Writer): void {
    this.writers.push(writer);
    this.endSoon();
  }

  private endSoon(): void {
    if (this.endIsDue) return;
    this.endIsDue = true;
    setImmediate(this.end);
  }

  private readonly end = () => {
    const { writers, longWriters } = this;
    this.endIsDue = false;
    this.turn++;
    this.writers = [];
    for (const writer of writers) {
      if (writer.textLength > LONG) longWriters.push(writer);
      else writer.flush();
    }
    longWriters.shift()?.flush();
    if (longWriters.length > 0) this.endSoon();
  };
}

/** There is one event loop for the whole process, and all servers in it share its turns. */
export const turns = new EventLoopTurns();
