import ts from 'typescript';
import { appendTo, insert, parse, styleOf } from './code.editor.js';
import { DEFAULT_WIDTH } from './list.wrapper.js';

type Metadata = ts.ObjectLiteralExpression;

/**
 * Adds to a list of a module, once.
 * @param code Of the module's file
 * @throws Error where there is no `@Module({ ... })`
 */
export function addToModule(
  code: string,
  key: 'imports' | 'providers',
  added: string,
  width = DEFAULT_WIDTH,
): string {
  const metadata = metadataIn(parse(code));
  const property = metadata.properties.find((candidate) => candidate.name?.getText() === key);
  if (!property) return addProperty(code, metadata, `${key}: [${added}]`);
  if (ts.isShorthandPropertyAssignment(property)) {
    return insert(code, property.end, `: [...${key}, ${added}]`);
  }
  if (!ts.isPropertyAssignment(property)) throw new Error(`The module's ${key} are no list.`);
  return addToList(code, property.initializer, added, width);
}

function metadataIn(source: ts.SourceFile): Metadata {
  const decorators = source.statements
    .filter(ts.isClassDeclaration)
    .flatMap((declaration) => ts.getDecorators(declaration) ?? []);
  for (const { expression } of decorators) {
    if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'Module') continue;
    const [metadata] = expression.arguments;
    if (metadata && ts.isObjectLiteralExpression(metadata)) return metadata;
  }
  throw new Error('There is no @Module({ ... }) to add to.');
}

function addProperty(code: string, metadata: Metadata, property: string): string {
  if (metadata.properties.length > 0) return appendTo(code, metadata.properties, property);
  const { newline } = styleOf(code);
  return insert(code, metadata.end - 1, `${newline}  ${property},${newline}`);
}

/** What is no literal, as a constant that others use too, is spread into a new list. */
function addToList(code: string, list: ts.Expression, added: string, width: number): string {
  if (!ts.isArrayLiteralExpression(list)) {
    return insert(insert(code, list.end, `, ${added}]`), list.getStart(), '[...');
  }
  if (list.elements.some((element) => element.getText() === added)) return code;
  return list.elements.length > 0
    ? appendTo(code, list.elements, added, width)
    : insert(code, list.end - 1, added);
}
