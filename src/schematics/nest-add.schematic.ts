import { posix } from 'node:path';
import { addImport, styleOf } from './code.editor.js';
import { addKey } from './env.files.js';
import { namesOf } from './handler.names.js';
import { addProvider, editModule, writeAuth, writeHandler } from './handler.writer.js';
import { freeTestsOfThePort } from './e2e.editor.js';
import { editMain } from './main.writer.js';
import { addToModule } from './module.editor.js';
import { nearestModule } from './module.finder.js';
import { addPeers } from './peers.js';
import { readProject, type Project } from './project.js';
import { filesBelow, type Files, type Rule } from './schematic.host.js';

const PACKAGE = 'nestjs-sockets';
const FIRST = namesOf('ping');
const DEFAULT_PORT = 2667;
// Where new applications of Nest listen.
const HTTP_PORT = 3000;

/**
 * As nest-add.schema.json describes them. Where they are negated, the engines of Nest 11 and 12 disagree:
 * `--encryption=false` is text for one, and `--no-encryption` is `true` for the other.
 */
export interface AddOptions {
  readonly sourceRoot: string;
  readonly port?: number | 'http';
  readonly encryption: boolean | 'true' | 'false';
  readonly skipTest: boolean;
}

/** `nest add nestjs-sockets`. Run again, it changes nothing. */
export function nestAdd(options: AddOptions): Rule {
  return (files, context) => {
    const project = readProject(files);
    addPeers(files, context);
    addKey(files);
    const { sourceRoot } = options;
    const module = moduleWithSockets(files, sourceRoot);
    if (module) return context.logger.info(`${module} has SocketsModule, and stays as it is.`);
    addToApplication(files, project, options);
    // Where the code names a port, the environment does not count.
    if (options.port === undefined) freeTestsOfThePort(files, sourceRoot);
    for (const left of editMain(files, sourceRoot)) context.logger.warn(left);
    context.logger.info(nextSteps(options, project));
  };
}

function moduleWithSockets(files: Files, sourceRoot: string): string | undefined {
  return filesBelow(files, sourceRoot)
    .filter((path) => path.endsWith('.module.ts'))
    .find((path) => /\bSocketsModule\s*\.\s*forRoot/.test(files.readText(path)));
}

function addToApplication(files: Files, project: Project, options: AddOptions): void {
  const module = nearestModule(files, options.sourceRoot);
  if (!module) throw new Error(`There is no module in ${options.sourceRoot} to add ${PACKAGE} to.`);
  const folder = posix.join(options.sourceRoot, 'sockets');
  const auth = posix.join(folder, 'auth.handler.ts');
  const ping = posix.join(folder, 'ping.handler.ts');
  const specSuffix = options.skipTest ? undefined : 'spec';
  if (!files.exists(auth)) writeAuth(files, project, auth, specSuffix);
  if (!files.exists(ping)) writeHandler(files, project, { folder, names: FIRST, specSuffix });
  addSocketsModule(files, project, module, options);
  addProvider(files, project, module, { className: 'AuthHandler', path: auth });
  addProvider(files, project, module, { className: `${FIRST.className}Handler`, path: ping });
}

function addSocketsModule(
  files: Files,
  { width }: Project,
  module: string,
  options: AddOptions,
): void {
  editModule(files, module, 'SocketsModule', (code) => {
    const imported = addImport(code, 'SocketsModule', PACKAGE, width);
    const given = forRootOptions(options, styleOf(code).quote);
    return addToModule(imported, 'imports', `SocketsModule.forRoot(${given})`, width);
  });
}

/** The key is not among them: SocketsModule reads it from the environment when it starts. */
function forRootOptions({ port, encryption }: AddOptions, quote: string): string {
  const given = [
    ...(port === undefined ? [] : [`port: ${port === 'http' ? quote + port + quote : port}`]),
    ...(String(encryption) === 'false' ? ['encryption: false'] : []),
  ];
  return given.length > 0 ? `{ ${given.join(', ')} }` : '';
}

function nextSteps(options: AddOptions, { testRunner }: Project): string {
  const { port, sourceRoot, skipTest } = options;
  const where = port === 'http' ? 'the port of the application' : `port ${port ?? DEFAULT_PORT}`;
  const tests = !skipTest && testRunner ? ['  npm test   has a client ask the handlers'] : [];
  return [
    `nestjs-sockets is added. The key is in .env, and who gets in is decided in ${sourceRoot}/sockets/auth.handler.ts.`,
    ...tests,
    `  npm start  listens on ${where}; clients need SOCKET_AUTH_KEY`,
    `  ${connectLine(options)}`,
    '             talks to it, from another terminal. Type: ping {"text":"hello"}',
    '  nest g -c nestjs-sockets handler games/validate-game   writes the next handler',
    'More: node_modules/nestjs-sockets/src/schematics/SCHEMATICS.md',
  ].join('\n');
}

function connectLine({ port, encryption }: AddOptions): string {
  const number = port === 'http' ? HTTP_PORT : port || (port === 0 ? 'PORT' : DEFAULT_PORT);
  const plain = String(encryption) === 'false' ? ' --no-encryption' : '';
  return `npx nestjs-sockets connect ws://localhost:${number} --env .env${plain}`;
}
