import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { runInPipes } from '../fixtures/cli-io.js';
import { DOCUMENTS, readDocument } from './documents.js';
import { ROOT, type CodeBlock } from './markdown.js';

const blocks = DOCUMENTS.flatMap((path) =>
  readDocument(path)
    .codeBlocks()
    .map((block) => ({ ...block, path })),
);

/** What is done with the blocks of each language. */
const CHECKED = {
  ts: 'type-checked, and run, by test/e2e/readme*',
  js: 'run in Chromium, by test/browser/readme.browser.test.ts',
  sh: 'looked at here, command by command',
  json: 'parsed here',
  yaml: 'parsed here',
  nginx: 'looked at here',
} as const;

function blocksOf(language: keyof typeof CHECKED): CodeBlock[] {
  const found = blocks.filter((block) => block.language === language);
  expect(found.length).toBeGreaterThan(0);
  return found;
}

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: object };

/** Whether the help of the command knows all of its flags. */
async function isOfOurs([command = '', ...words]: readonly string[]): Promise<boolean> {
  const { output, exitCode } = await runInPipes([command, '--help']);
  const flags = words.filter((word) => word.startsWith('--')).map((flag) => flag.split('=')[0]!);
  return exitCode === 0 && output.includes(command) && flags.every((flag) => output.includes(flag));
}

/** Whether a command can be run in this project, without running it. */
async function isKnown(command: string): Promise<boolean> {
  const words = command.split(/\s+/);
  // Variables for the command come before it.
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const [program, first = '', second = ''] = words.slice(start);
  if (program === 'npm' && first === 'install') return true;
  // Of the shell, and of new applications, which test/packaging makes.
  if (program === 'printf' || program === 'cd') return true;
  if (program === 'npx' && first === 'nest') return ['new', 'add', 'g'].includes(second);
  if (program === 'npm') return Object.hasOwn(scripts, first === 'run' ? second : first);
  if (program === 'npx' && first === 'nestjs-sockets') {
    return isOfOurs(command.split(/\s+/).slice(2));
  }
  // With a file of this project.
  const file = program === 'prometheus' ? first.split('--config.file=')[1] : first;
  return ['bash', 'prometheus'].includes(program!) && file !== undefined && existsSync(ROOT + file);
}

/** The values of a block that has one or more, each of which may take several lines. */
function jsonOf({ code }: CodeBlock): unknown[] {
  const values: unknown[] = [];
  let text = '';
  for (const line of code.trimEnd().split('\n')) {
    text += `${line}\n`;
    try {
      values.push(JSON.parse(text));
      text = '';
    } catch {
      // It goes on in the next line.
    }
  }
  if (text !== '') throw new Error(`This is no JSON: ${text}`);
  return values;
}

describe('The blocks of code in the documents', () => {
  it('are all in a language that is checked, or no code', () => {
    const languages = new Set(blocks.map(({ language }) => language));
    languages.delete('');
    expect([...languages].toSorted()).toEqual(Object.keys(CHECKED).toSorted());
  });

  it('have a name where they are run, one of their own each', () => {
    const named = [...blocksOf('ts'), ...blocksOf('js')].map(({ file }) => file);
    expect(named.filter((file) => !/^[a-z.-]+\.[jt]s$/.test(file))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it('run in a browser are the one that the test for browsers runs', () => {
    expect(blocksOf('js').map(({ file }) => file)).toEqual(['page.js']);
  });

  it('for a shell have commands that exist', async () => {
    const lines = blocksOf('sh').flatMap(({ code }) =>
      code
        .trimEnd()
        .replaceAll(/ \|\n\s*/g, ' | ')
        .split('\n'),
    );
    const commands = lines.flatMap((line) => line.replace(/\s+#.*$/, '').split(/ && | \| /));
    const known = await Promise.all(commands.map(isKnown));
    expect(commands.filter((_, index) => !known[index])).toEqual([]);
  });

  it('in JSON are JSON', () => {
    expect(blocksOf('json').flatMap(jsonOf)).not.toContain(undefined);
  });

  it('in YAML are YAML', () => {
    for (const { code } of blocksOf('yaml')) expect(parse(code)).toBeInstanceOf(Object);
  });

  it('for nginx end each directive, and close what they open', () => {
    for (const { code } of blocksOf('nginx')) {
      const lines = code.split('\n').map((line) => line.replace(/#.*/, '').trim());
      expect(lines.filter((line) => line !== '' && !/[;{}]$/.test(line))).toEqual([]);
      expect(code.split('{').length).toBe(code.split('}').length);
    }
  });
});

it('Every script that a document tells to run is there', () => {
  const texts = DOCUMENTS.map((path) => readDocument(path).text).join('\n');
  const named = texts.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g);
  const names = [...named].map(([, run, short]) => run ?? short);
  expect(names).toEqual(expect.arrayContaining(['start', 'test']));
  const ofNewApplications = ['start:dev', 'test:e2e'];
  const known = [...Object.keys(scripts), ...ofNewApplications];
  expect(names.filter((name) => !known.includes(String(name)))).toEqual([]);
});
