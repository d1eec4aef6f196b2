import ts from 'typescript';
import { addAfterImports, addImport, endOfLine, insert, parse, styleOf } from './code.editor.js';

/**
 * Has the application read `.env` before it starts, whichever way it is started. SocketsModule looks at
 * the environment when it is constructed, so this comes in time though imports run before it.
 */
export function readEnvFile(code: string): string {
  if (/loadEnvFile|dotenv/.test(code)) return code;
  const { quote, semicolon } = styleOf(code);
  return addAfterImports(
    addImport(code, 'existsSync', 'node:fs'),
    '// What the environment has already stays as it is.',
    `if (existsSync(${quote}.env${quote})) process.loadEnvFile()${semicolon}`,
  );
}

/**
 * Has SIGTERM close the application, so that it drains.
 * @returns undefined where nothing shows which variable the application is
 */
export function enableShutdownHooks(code: string): string | undefined {
  if (code.includes('enableShutdownHooks')) return code;
  const application = applicationIn(parse(code));
  if (!application) return undefined;
  const statement = application.parent.parent;
  const { newline, semicolon } = styleOf(code);
  const lineStart = code.lastIndexOf('\n', statement.getStart()) + 1;
  const [margin = ''] = /^\s*/.exec(code.slice(lineStart))!;
  const lines = [
    '// SIGTERM answers what is under way, and then ends the application.',
    `${application.name.getText()}.enableShutdownHooks()${semicolon}`,
  ];
  const added = lines.map((line) => newline + margin + line).join('');
  return insert(code, endOfLine(code, statement.end), added);
}

/** `const app = await NestFactory.create(AppModule)`, wherever it stands. */
function applicationIn(node: ts.Node): ts.VariableDeclaration | undefined {
  const isCreated = (value?: ts.Expression) =>
    /^await\s+NestFactory\s*\.\s*create/.test(value?.getText() ?? '');
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isCreated(node.initializer)) {
    return node;
  }
  return ts.forEachChild(node, applicationIn);
}
