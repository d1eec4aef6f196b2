import { posix } from 'node:path';
import { DEFAULT_WIDTH } from './list.wrapper.js';
import { readIfThere, type Files } from './schematic.host.js';

export const MANIFEST = 'package.json';
const NPM = 'npm';

/** What of package.json is used. */
export interface Manifest {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** How the code of an application looks, so that what is generated looks the same. */
export interface Project {
  readonly packages: ReadonlyMap<string, string>;
  /** Of imported files: ES modules name them in full. */
  readonly ending: '' | '.js';
  readonly testRunner: 'jest' | 'vitest' | undefined;
  /** Whether tests get `describe` and the like without an import. */
  readonly hasTestGlobals: boolean;
  /** Whether Nest's ValidationPipe can work. */
  readonly validates: boolean;
  /** Of a line, as the application's Prettier has it. */
  readonly width: number;
}

/** @throws Error where there is no package.json */
export function readProject(files: Files): Project {
  const { type, dependencies, devDependencies } = readManifest(files);
  const packages = new Map(Object.entries({ ...dependencies, ...devDependencies }));
  const testRunner = packages.has('vitest') ? 'vitest' : packages.has('jest') ? 'jest' : undefined;
  return {
    packages,
    ending: type === 'module' ? '.js' : '',
    testRunner,
    hasTestGlobals: testRunner === 'jest' || hasVitestGlobals(files),
    validates: packages.has('class-validator') && packages.has('class-transformer'),
    width: widthOf(files),
  };
}

export function readManifest(files: Files): Manifest {
  if (files.exists(MANIFEST)) return JSON.parse(files.readText(MANIFEST)) as Manifest;
  throw new Error('There is no package.json here. Go to the folder of the Nest application.');
}

/** How one file imports another: `./dto/ping.dto`. */
export function importPath(from: string, to: string, { ending }: Project): string {
  const path = posix.relative(posix.dirname(from), to).replace(/\.ts$/, ending);
  return path.startsWith('.') ? path : `./${path}`;
}

/** By the lock file, as Nest finds it. */
export function packageManagerOf(files: Files): string {
  const managers = Object.entries({
    'pnpm-lock.yaml': 'pnpm',
    'yarn.lock': 'yarn',
    'bun.lock': 'bun',
    'bun.lockb': 'bun',
  });
  return managers.find(([lock]) => files.exists(lock))?.[1] ?? NPM;
}

function widthOf(files: Files): number {
  const endings = ['', '.json', '.yaml', '.yml', '.js', '.mjs', '.cjs'];
  const names = endings.flatMap((ending) => [`.prettierrc${ending}`, `prettier.config${ending}`]);
  const texts = names.map((name) => readIfThere(files, name)).join('\n');
  const [, width] = /\bprintWidth["']?\s*:\s*(\d+)/.exec(texts) ?? [];
  return width === undefined ? DEFAULT_WIDTH : Number(width);
}

function hasVitestGlobals(files: Files): boolean {
  return ['ts', 'mts', 'js', 'mjs'].some((ending) =>
    /globals:\s*true/.test(readIfThere(files, `vitest.config.${ending}`)),
  );
}
