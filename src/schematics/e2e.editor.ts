import { posix } from 'node:path';
import { addAfterImports, styleOf } from './code.editor.js';
import { filesBelow, write, type Files } from './schematic.host.js';

/**
 * Has the end-to-end tests of the application listen on any free port, so that they can run while the
 * application does. As with `.env`, SocketsModule looks when it is constructed.
 */
export function freeTestsOfThePort(files: Files, sourceRoot: string): void {
  const tests = filesBelow(files, posix.join(posix.dirname(sourceRoot), 'test'));
  for (const path of tests.filter((name) => /\.e2e-\w+\.ts$/.test(name))) {
    const code = files.readText(path);
    if (code.includes('AppModule') && !code.includes('SOCKET_PORT')) {
      write(files, path, onAnyPort(code));
    }
  }
}

function onAnyPort(code: string): string {
  const { quote, semicolon } = styleOf(code);
  return addAfterImports(
    code,
    '// Any free port: the application itself may be running.',
    `process.env.SOCKET_PORT = ${quote}0${quote}${semicolon}`,
  );
}
