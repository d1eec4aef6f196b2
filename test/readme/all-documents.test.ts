import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DOCUMENTS, PROJECT_DOCUMENTS, readDocument, USER_DOCUMENTS } from './documents.js';
import { MarkdownDocument, ROOT } from './markdown.js';

const MAX_LINES_OF_README = 300;

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { files: string[] };

/** The Markdown files of a folder, by their paths in the project. */
function markdownIn(folder: string, recursive: boolean): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md') && !/(?:^|\/)(?:node_modules|dist|results)\//.test(name))
    .map((name) => join(folder, name));
}

/** The targets of links and the sources of pictures, but for other hosts. */
function localTargets(document: MarkdownDocument): string[] {
  return [...document.links(), ...document.pictures()].filter((it) => !/^[a-z]+:/.test(it));
}

/** Whether the file is there, and has the heading once. */
function isFound(document: MarkdownDocument, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document.path : join(dirname(document.path), path);
  if (!existsSync(join(ROOT, file))) return false;
  if (anchor === undefined) return true;
  return new MarkdownDocument(file).anchors().filter((it) => it === anchor).length === 1;
}

describe('The documents', () => {
  it('are all in one list', () => {
    const folders = ['.github', 'src', 'test', 'sample-app'];
    const found = [...markdownIn('.', false), ...folders.flatMap((it) => markdownIn(it, true))];
    expect(found.toSorted()).toEqual(DOCUMENTS.toSorted());
  });

  it('come with the package where its users read them, and only there', () => {
    // npm packs the README without being told.
    const packed = ['README.md', ...manifest.files.filter((file) => file.endsWith('.md'))];
    expect(packed.toSorted()).toEqual(USER_DOCUMENTS.toSorted());
  });

  it('are all in the index of the README', () => {
    const index = readDocument('README.md').links();
    const unlisted = DOCUMENTS.filter((path) => path !== 'README.md' && !index.includes(path));
    // It is about data of the tests, for whoever reads these.
    expect(unlisted).toEqual(['test/vectors/README.md']);
  });

  it('lie beside the code that they are about, and each room that users meet has one', () => {
    const rooms = ['client', 'envelope', 'handlers', 'options', 'protocol', 'server', 'testing'];
    const documented = USER_DOCUMENTS.map((path) => path.split('/')).filter(
      ([top]) => top === 'src',
    );
    expect(documented.map(([, room]) => room)).toEqual(expect.arrayContaining(rooms));
  });

  it('for those who work on the package are for nobody else', () => {
    expect(PROJECT_DOCUMENTS.filter((path) => manifest.files.includes(path))).toEqual([]);
  });
});

it('The README can be read at one sitting', () => {
  const lines = readDocument('README.md').text.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(MAX_LINES_OF_README);
});

it.each(DOCUMENTS)('All links of %s, also into other documents, find what they name', (path) => {
  const document = readDocument(path);
  const targets = localTargets(document);
  expect(targets.filter((target) => !isFound(document, target))).toEqual([]);
});
