import { posix } from 'node:path';
import { enableShutdownHooks, readEnvFile } from './main.editor.js';
import { filesBelow, write, type Files } from './schematic.host.js';

/**
 * Has `main.ts` read `.env` and drain on SIGTERM, where nothing does yet.
 * @returns what is left to do by hand
 */
export function editMain(files: Files, sourceRoot: string): string[] {
  const main = posix.join(sourceRoot, 'main.ts');
  const hasConfig = readsConfig(files, sourceRoot);
  if (!files.exists(main)) {
    const what = hasConfig ? '' : 'read .env, and ';
    return [
      `There is no ${main}: ${what}call app.enableShutdownHooks() where the application starts.`,
    ];
  }
  const code = files.readText(main);
  const withEnv = hasConfig ? code : readEnvFile(code);
  const draining = enableShutdownHooks(withEnv);
  write(files, main, draining ?? withEnv);
  if (draining !== undefined) return [];
  return [`${main} starts the application in its own way: call app.enableShutdownHooks() there.`];
}

function readsConfig(files: Files, sourceRoot: string): boolean {
  return filesBelow(files, sourceRoot).some(
    (path) => path.endsWith('.ts') && files.readText(path).includes('ConfigModule.forRoot'),
  );
}
