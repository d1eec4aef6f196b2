const LF = 10;

/** The messages of a record, taken apart one by one: there may be many thousands of them. */
export class RecordLines {
  /** @param rest Lines, the empty ones of which are padding */
  constructor(private rest: Uint8Array) {}

  /** Bytes that were not taken yet. */
  get length(): number {
    return this.rest.length;
  }

  /** The next message, if there is one. */
  next(): Uint8Array | undefined {
    while (this.rest.length > 0) {
      const line = this.takeLine();
      if (line.length > 0) return line;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Uint8Array, void> {
    for (let line = this.next(); line; line = this.next()) yield line;
  }

  private takeLine(): Uint8Array {
    const found = this.rest.indexOf(LF);
    const end = found === -1 ? this.rest.length : found;
    const line = this.rest.subarray(0, end);
    this.rest = this.rest.subarray(end + 1);
    return line;
  }
}
