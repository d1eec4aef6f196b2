import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { transformSync, type Options } from '@swc/core';
import jestConfig from '../../jest.config.js';
import { DOCUMENTS, readDocument } from './documents.js';
import { ROOT } from './markdown.js';

/** Inside node_modules, so that samples find the packages that they import. */
const CACHE = `${ROOT}node_modules/.cache`;
const TSC = `${ROOT}node_modules/typescript/bin/tsc`;

const SOURCES: Readonly<Record<string, string>> = {
  'nestjs-sockets': `${ROOT}src/index.ts`,
  'nestjs-sockets/client': `${ROOT}src/client/index.ts`,
  'nestjs-sockets/redis': `${ROOT}src/redis/index.ts`,
  'nestjs-sockets/telemetry': `${ROOT}src/telemetry/index.ts`,
  'nestjs-sockets/terminus': `${ROOT}src/terminus/index.ts`,
  'nestjs-sockets/testing': `${ROOT}src/testing/index.ts`,
  'nestjs-sockets/asyncapi': `${ROOT}src/asyncapi/index.ts`,
};

// Fails to compile unless the package's own types are looked at, and strictly.
const CONTROL = `
import { SocketClient } from 'nestjs-sockets/client';
import { SocketsModule } from 'nestjs-sockets';
import { SocketsTestApp } from 'nestjs-sockets/testing';

// @ts-expect-error A misspelt option
export const client = new SocketClient({ adress: 'ws://127.0.0.1' });
// @ts-expect-error A misspelt limit
export const module = SocketsModule.forRoot({ maxMesageSize: 1 });
// @ts-expect-error No builder of a testing module
export const app = SocketsTestApp.start({});
`;

// What the test runners of new Nest applications have as globals.
const GLOBALS = ['describe', 'it', 'expect', 'beforeAll', 'afterAll']
  .map((name) => `declare const ${name}: typeof import('@jest/globals').${name};`)
  .join('\n');

/**
 * The \`\`\`ts samples of the documents as files of a folder of their own. Two things are changed in what runs,
 * and nothing in what is type-checked: `nestjs-sockets` is imported from src, and `load()` replaces
 * what its caller says.
 */
export class ReadmeSamples {
  private variants = 0;

  private constructor(
    private readonly folder: string,
    private readonly sources: ReadonlyMap<string, string>,
  ) {}

  static async extract(): Promise<ReadmeSamples> {
    const blocks = DOCUMENTS.flatMap((path) => readDocument(path).codeBlocks());
    const sources = new Map(
      blocks.filter(({ language }) => language === 'ts').map(({ file, code }) => [file, code]),
    );
    await mkdir(CACHE, { recursive: true });
    const samples = new ReadmeSamples(await mkdtemp(`${CACHE}/readme-`), sources);
    await samples.write('package.json', JSON.stringify({ type: 'module' }));
    for (const [file, code] of sources) await samples.write(file, code);
    for (const [file, code] of sources) await samples.compile(file, code);
    return samples;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  get files(): string[] {
    return [...this.sources.keys()];
  }

  source(file: string): string {
    const source = this.sources.get(file);
    if (source === undefined) throw new Error(`No document has a sample ${file}`);
    return source;
  }

  /** What the comments behind `console.log()` promise. */
  promisedOutput(file: string): string[] {
    const promises = this.source(file).matchAll(/console\.log\(.*\); \/\/ (.+)$/gm);
    return [...promises].map(([, output = '']) => output);
  }

  /** Compiles all samples with the project's own strict settings and one more; returns what is wrong in them. */
  async typeErrors(): Promise<string[]> {
    const extended = relative(this.folder, `${ROOT}tsconfig.json`);
    const files = [...this.sources.keys(), 'control.ts', 'globals.d.ts'];
    const compilerOptions = { exactOptionalPropertyTypes: true };
    const config = { extends: extended, compilerOptions, files, include: [], exclude: [] };
    await this.write('control.ts', CONTROL);
    await this.write('globals.d.ts', GLOBALS);
    await this.write('tsconfig.json', JSON.stringify(config));
    try {
      const compile = [TSC, '-p', '.', '--pretty', 'false'];
      await promisify(execFile)(process.execPath, compile, { cwd: this.folder });
      return [];
    } catch (error) {
      const lines = (error as { stdout: string }).stdout.split('\n');
      // What is wrong in src, which they import, is said elsewhere.
      return lines.filter((line) => line !== '' && !/^(?:\.\.\/|\s)/.test(line));
    }
  }

  /** Runs a sample, once for each `replace`, which maps code to other code; returns what it exports. */
  async load<Exports>(file: string, replace: Record<string, string> = {}): Promise<Exports> {
    return (await import(await this.pathOf(file, replace))) as Exports;
  }

  /** Where the sample lies as JavaScript, for another process to run. */
  async pathOf(file: string, replace: Record<string, string> = {}): Promise<string> {
    let code = this.source(file);
    for (const [from, to] of Object.entries(replace)) {
      if (!code.includes(from)) throw new Error(`There is no ${from} in ${file}`);
      code = code.replaceAll(from, to);
    }
    // A module that was loaded stays as it was: other code needs another file.
    const isChanged = code !== this.source(file);
    return this.compile(isChanged ? file.replace(/ts$/, `${++this.variants}.ts`) : file, code);
  }

  /** As Jest compiles src, so that decorators and their metadata are the same. */
  private async compile(file: string, code: string): Promise<string> {
    const fromSource = code.replaceAll(/(?<=from ')nestjs-sockets[^']*/g, (name) => SOURCES[name]!);
    const [, options] = jestConfig.transform!['\\.ts$'] as [string, Options];
    const output = transformSync(fromSource, { ...options, filename: file });
    return this.write(file.replace(/\.ts$/, '.js'), output.code);
  }

  private async write(file: string, content: string): Promise<string> {
    const path = `${this.folder}/${file}`;
    await writeFile(path, content);
    return path;
  }
}
