import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MILLISECONDS_TO_BUILD = 60_000;

export const MAIN = 'sample-app/dist/sample-app/main.js';
export const MILLISECONDS_TO_RUN = 120_000;

export interface Run {
  readonly child: ChildProcess;
  /** What was printed so far. */
  readonly output: () => string;
  /** Resolves once something printed matches. */
  readonly printed: (pattern: RegExp) => Promise<void>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const running = new Set<ChildProcess>();

export function run(command: string, ...args: string[]): Run {
  return runIn({}, command, ...args);
}

/** The same, with something added to the environment. */
export function runIn(env: Record<string, string>, command: string, ...args: string[]): Run {
  // Detached, so that it leads a process group of its own.
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    return child.exitCode ?? child.signalCode;
  });
  const printed = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      await Promise.race([once(child.stdout, 'data'), ended]);
      if ((child.exitCode ?? child.signalCode) !== null) break;
    }
    expect(text).toMatch(pattern);
  };
  return { child, output: () => text, printed, ended };
}

/** The figures of the summary, by name. */
export function figuresOf(output: string): Record<string, string> {
  const rows = output.matchAll(/^ {2}([a-z ]+?) {2,}(\S.*)$/gm);
  return Object.fromEntries([...rows].map(([, name, value]) => [name, value]));
}

/** Whether any process of the group is left: the run itself, or what it started. */
export function isAnyLeft(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

/** Builds the sample before the tests of a file, and leaves nothing running after each of them. */
export function useSample(): void {
  beforeAll(async () => {
    const build = run('npm', 'run', 'prestart');
    if ((await build.ended) !== 0) throw new Error(build.output());
  }, MILLISECONDS_TO_BUILD);

  afterEach(() => {
    for (const { pid } of running) process.kill(-pid!, 'SIGKILL');
  });
}
