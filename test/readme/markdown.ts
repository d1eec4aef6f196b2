import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block: the word after the fence's language is the name of a file. */
export interface CodeBlock {
  readonly language: string;
  readonly file: string;
  readonly code: string;
}

/** A row of a table, cell by cell, as it is written. */
export type Row = readonly string[];

/** One of the project's documents, as far as tests read it. */
export class MarkdownDocument {
  readonly text: string;

  /** @param path Relative to the project's folder */
  constructor(readonly path: string) {
    this.text = readFileSync(`${ROOT}${path}`, 'utf8');
  }

  codeBlocks(): CodeBlock[] {
    const blocks = this.text.matchAll(/^```(\w*) ?(\S*)\n([\s\S]*?)^```$/gm);
    return [...blocks].map(([, language = '', file = '', code = '']) => ({ language, file, code }));
  }

  /** The text without fenced blocks, with every run of white space as one space. */
  prose(): string {
    return this.withoutCode().replaceAll(/\s+/g, ' ');
  }

  /** The prose under a heading, down to the next one of its level. */
  section(heading: string): string {
    const [, section] = this.withoutCode().split(`\n## ${heading}\n`);
    if (section === undefined) throw new Error(`${this.path} has no section ${heading}`);
    return section.split('\n## ', 1).join().replaceAll(/\s+/g, ' ');
  }

  /** The rows of the table whose first header cells are these, without the header. */
  table(...header: string[]): Row[] {
    const lines = this.withoutCode().split('\n');
    const start = lines.findIndex((line) => {
      const cells = cellsOf(line);
      return cells.length > 0 && header.every((cell, index) => cells[index] === cell);
    });
    if (start === -1) throw new Error(`${this.path} has no table with ${header.join(' | ')}`);
    const rest = lines.slice(start + 2);
    const end = rest.findIndex((line) => !line.startsWith('|'));
    return rest.slice(0, end).map(cellsOf);
  }

  /** What links can point at, as the usual renderers name headings. */
  anchors(): string[] {
    const headings = this.withoutCode().matchAll(/^#{1,6} (.+)$/gm);
    return [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }

  /** The targets of all links. */
  links(): string[] {
    return [...this.withoutCode().matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  }

  /** The sources of pictures that are written as HTML. */
  pictures(): string[] {
    return [...this.withoutCode().matchAll(/<img src="([^"]+)"/g)].map(([, source = '']) => source);
  }

  private withoutCode(): string {
    return this.text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  }
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The text of a cell that is one piece of code, or else the cell as it is. */
export function unquoted(cell: string): string {
  return /^`([^`]*)`$/.exec(cell)?.[1] ?? cell;
}
