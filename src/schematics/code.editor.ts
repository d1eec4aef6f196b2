import ts from 'typescript';
import { DEFAULT_WIDTH, wrapList } from './list.wrapper.js';

/** How a file is written, so that what is added is written the same way. */
interface CodeStyle {
  readonly quote: string;
  readonly semicolon: string;
  readonly newline: string;
}

export function parse(code: string): ts.SourceFile {
  return ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true);
}

export function styleOf(code: string): CodeStyle {
  const [first] = importsOf(parse(code));
  const newline = code.includes('\r\n') ? '\r\n' : '\n';
  if (!first) return { quote: "'", semicolon: ';', newline };
  const quote = first.moduleSpecifier.getText().charAt(0);
  return { quote, semicolon: first.getText().endsWith(';') ? ';' : '', newline };
}

export function insert(code: string, at: number, added: string): string {
  return code.slice(0, at) + added + code.slice(at);
}

/**
 * Imports a name, once, beside what is imported from the same place.
 * @throws Error where the name means something else in the file
 */
export function addImport(code: string, name: string, from: string, width = DEFAULT_WIDTH): string {
  const imports = importsOf(parse(code));
  const holder = imports.find((declaration) => namesIn(declaration).includes(name));
  if (holder && isFrom(holder, from)) return code;
  if (holder) {
    throw new Error(`${name} is imported from ${holder.moduleSpecifier.getText()} already.`);
  }
  const list = imports.filter((declaration) => isFrom(declaration, from)).map(listIn);
  const [neighbours] = list.filter((elements) => elements !== undefined);
  return neighbours ? appendTo(code, neighbours, name, width) : addStatement(code, name, from);
}

/** After the imports: a blank line, and what is added. */
export function addAfterImports(code: string, ...lines: string[]): string {
  const { newline } = styleOf(code);
  return insert(code, endOfImports(code), [newline, ...lines].join(newline));
}

/**
 * Appends to the elements of an array, object or import, of which there is one: one line each, if they have,
 * or if they do not fit into one any more.
 */
export function appendTo(
  code: string,
  list: ts.NodeArray<ts.Node>,
  added: string,
  width = DEFAULT_WIDTH,
): string {
  return wrapList(appended(code, list, added), list.pos, width);
}

function appended(code: string, list: ts.NodeArray<ts.Node>, added: string): string {
  const last = list.at(-1)!;
  const lineStart = code.lastIndexOf('\n', last.getStart() - 1) + 1;
  const before = code.slice(lineStart, last.getStart());
  const separator = /^\s*$/.test(before) ? styleOf(code).newline + before : ' ';
  const line = separator + added;
  if (list.hasTrailingComma) return insert(code, endOfLine(code, list.end), `${line},`);
  const longer = insert(code, endOfLine(code, last.end), line);
  return insert(longer, last.end, ',');
}

function addStatement(code: string, name: string, from: string): string {
  const { quote, semicolon, newline } = styleOf(code);
  const statement = `import { ${name} } from ${quote}${from}${quote}${semicolon}`;
  const end = endOfImports(code);
  return insert(code, end, end === 0 ? statement + newline : newline + statement);
}

function endOfImports(code: string): number {
  const last = importsOf(parse(code)).at(-1);
  return last ? endOfLine(code, last.end) : 0;
}

/** Behind a comment that explains what stands before it. */
export function endOfLine(code: string, position: number): number {
  return ts.getTrailingCommentRanges(code, position)?.at(-1)?.end ?? position;
}

function importsOf(source: ts.SourceFile): ts.ImportDeclaration[] {
  return source.statements.filter(ts.isImportDeclaration);
}

function namesIn({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  const namespace = bindings && ts.isNamespaceImport(bindings) ? [bindings] : [];
  const all = [...(importClause ? [importClause] : []), ...named, ...namespace];
  return all.map((binding) => binding.name?.text ?? '');
}

/** Where another name can be added: an import of types alone is no such place. */
function listIn({ importClause }: ts.ImportDeclaration) {
  const bindings = importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings) || bindings.elements.length === 0) return undefined;
  return /^import\s+type\b/.test(importClause.parent.getText()) ? undefined : bindings.elements;
}

function isFrom({ moduleSpecifier }: ts.ImportDeclaration, from: string): boolean {
  const plain = (path: string) => path.replace(/^node:|\.js$/g, '');
  return ts.isStringLiteral(moduleSpecifier) && plain(moduleSpecifier.text) === plain(from);
}
