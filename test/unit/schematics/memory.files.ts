import { posix } from 'node:path';
import type { Context, Files, Rule } from '../../../src/schematics/schematic.host.js';

/** The files of an application, as Angular's Tree would hold them: Jest cannot load Angular's own. */
export class MemoryFiles implements Files {
  private readonly texts: Map<string, string>;

  constructor(texts: Readonly<Record<string, string>>) {
    this.texts = new Map(Object.entries(texts));
  }

  exists(path: string): boolean {
    return this.texts.has(posix.normalize(path));
  }

  readText(path: string): string {
    const text = this.texts.get(posix.normalize(path));
    if (text === undefined) throw new Error(`${path} does not exist`);
    return text;
  }

  create(path: string, text: string): void {
    if (this.exists(path)) throw new Error(`${path} already exists.`);
    this.texts.set(posix.normalize(path), text);
  }

  overwrite(path: string, text: string): void {
    this.readText(path);
    this.texts.set(posix.normalize(path), text);
  }

  getDir(path: string) {
    const prefix = posix.normalize(path) === '.' ? '' : `${posix.normalize(path)}/`;
    const inside = this.paths().filter((name) => name.startsWith(prefix));
    const parts = inside.map((name) => name.slice(prefix.length).split('/'));
    const subdirs = parts.filter(({ length }) => length > 1).map(([name = '']) => name);
    const subfiles = parts.filter(({ length }) => length === 1).map(([name = '']) => name);
    return { subdirs: [...new Set(subdirs)], subfiles };
  }

  paths(): string[] {
    return [...this.texts.keys()].toSorted();
  }

  all(): Record<string, string> {
    return Object.fromEntries(this.texts);
  }
}

/** What a schematic says and has done afterwards. */
export interface Ran {
  readonly said: string;
  readonly tasks: readonly { readonly name: string; readonly options: object }[];
}

export function runRule(rule: Rule, files: Files): Ran {
  const said: string[] = [];
  const tasks: { name: string; options: object }[] = [];
  const say = (message: string) => void said.push(message);
  const context: Context = {
    logger: { info: say, warn: say },
    addTask: (task) => tasks.push(task.toConfiguration()),
  };
  rule(files, context);
  return { said: said.join('\n'), tasks };
}
