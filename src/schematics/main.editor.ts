import { addAfterImports, addImport, styleOf } from './code.editor.js';

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
