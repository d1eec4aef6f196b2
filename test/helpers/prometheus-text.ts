/** One line of what Prometheus reads: a series, and its value now. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Everything that one answer says. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** `counter`, `gauge` or `histogram`, by the name of the metric. */
  readonly types: ReadonlyMap<string, string>;
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };
const NUMBERS: Readonly<Record<string, number>> = { '+Inf': Infinity, '-Inf': -Infinity, NaN };
const NAME = /[a-zA-Z_:][\w:]*/y;

/**
 * Reads Prometheus's text format, as https://prometheus.io/docs/instrumenting/exposition_formats/ has it.
 * @throws on a line that is none of it
 */
export function readPrometheusText(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The last line does not end');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [hash, keyword, name, type] = line.split(' ');
    if (hash === '#' && keyword === 'TYPE') types.set(name!, type!);
    else if (line !== '' && hash !== '#') samples.push(new SampleReader(line).read());
  }
  return { samples, types };
}

/** Reads a line from left to right. */
class SampleReader {
  private position = 0;

  constructor(private readonly line: string) {}

  read(): Sample {
    const name = this.readName();
    const labels = this.take('{') ? this.readLabels() : {};
    this.expect(' ');
    const text = this.line.slice(this.position);
    const value = NUMBERS[text] ?? (text.trim() === '' ? NaN : Number(text));
    if (Number.isNaN(value) && text !== 'NaN') this.fail('a value');
    return { name, labels, value };
  }

  private readLabels(): Record<string, string> {
    const labels: Record<string, string> = {};
    while (!this.take('}')) {
      const label = this.readName();
      if (label in labels) this.fail(`one ${label}`);
      this.expect('=');
      this.expect('"');
      labels[label] = this.readQuoted();
      if (!this.take(',') && this.line[this.position] !== '}') this.fail('a comma');
    }
    return labels;
  }

  private readName(): string {
    NAME.lastIndex = this.position;
    const [name] = NAME.exec(this.line) ?? this.fail('a name');
    this.position += name.length;
    return name;
  }

  /** Up to the quotation mark that ends it. */
  private readQuoted(): string {
    let text = '';
    while (!this.take('"')) {
      const isEscape = this.take('\\');
      const character = this.line[this.position++] ?? this.fail('a quotation mark');
      text += isEscape ? (ESCAPED[character] ?? this.fail('an escape')) : character;
    }
    return text;
  }

  private take(character: string): boolean {
    if (this.line[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) this.fail(character);
  }

  private fail(what: string): never {
    throw new Error(`Expected ${what} at ${this.position} of ${this.line}`);
  }
}
