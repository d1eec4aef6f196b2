import ts from 'typescript';

/** What Prettier takes where nobody says otherwise. */
export const DEFAULT_WIDTH = 80;

// What stands before a list that Prettier would break, and nothing around it.
const OWN_LINE = /^\s*(?:\w+: \[|import \{)$/;

/**
 * Writes a list with one element a line, as Prettier does, where its line has become too long.
 * @param start Where the list begins, behind its bracket
 */
export function wrapList(code: string, start: number, width: number): string {
  const list = listAt(ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true), start);
  const close = list[0]!.parent.end - 1;
  const lineStart = code.lastIndexOf('\n', start) + 1;
  const line = code.slice(lineStart).split(/\r?\n/, 1)[0]!;
  const isWhole = close < lineStart + line.length && OWN_LINE.test(code.slice(lineStart, start));
  if (!isWhole || line.replaceAll('\t', '  ').length <= width || /\/[/*]/.test(line)) return code;
  return code.slice(0, start) + inLines(code, list, line) + code.slice(close);
}

function inLines(code: string, list: ts.NodeArray<ts.Node>, line: string): string {
  const newline = code.includes('\r\n') ? '\r\n' : '\n';
  const margin = newline + /^\s*/.exec(line)![0];
  const unit = /^([ \t]+)[^\s*]/m.exec(code)?.[1] ?? '  ';
  // Where the metadata of the module end without one, so does all else.
  const lastComma = /[^\s,({[]\s*\n\}\)/.test(code) ? '' : ',';
  const elements = list.map((element) => margin + unit + element.getText()).join(',');
  return elements + lastComma + margin;
}

function listAt(source: ts.SourceFile, start: number): ts.NodeArray<ts.Node> {
  const search = (node: ts.Node): ts.NodeArray<ts.Node> | undefined =>
    ts.forEachChild(node, search, (nodes) =>
      nodes.pos === start ? nodes : nodes.map(search).find((found) => found !== undefined),
    );
  return search(source)!;
}
