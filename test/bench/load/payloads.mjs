const FIRST_SEQUENCE = 100_000_000; // nine digits, so that all payloads have one size

function textOf(sequence, body) {
  return `{"seq":${sequence},"topic":"bench","ok":true,"body":"${body}"}`;
}

/** Makes JSON texts of one size in bytes, no two alike. */
export class Payloads {
  #sequence = FIRST_SEQUENCE;
  #body;

  /** @param {number} bytes */
  constructor(bytes) {
    const missing = Math.max(0, bytes - textOf(FIRST_SEQUENCE, '').length);
    this.#body = 'abcdefghijklmnop'.repeat(Math.ceil(missing / 16)).slice(0, missing);
  }

  /** @returns {{ sequence: number, json: string }} */
  next() {
    const sequence = this.#sequence++;
    return { sequence, json: textOf(sequence, this.#body) };
  }
}
