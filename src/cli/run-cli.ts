import { readFileSync } from 'node:fs';
import { isSocketsError } from '../protocol/sockets.errors.js';
import { bench, BENCH_HELP } from './bench/bench.command.js';
import { ExitCode, type CliIo, type CliOutput } from './common/cli-io.js';
import { nearestTo } from './common/nearest.js';
import { UsageError } from './common/usage.error.js';
import { connect, CONNECT_HELP } from './connect/connect.command.js';
import { doctor, DOCTOR_HELP } from './doctor/doctor.command.js';
import { keygen, KEYGEN_HELP } from './keygen.js';

const HELP = `Usage: nestjs-sockets <command>

  keygen [kind]  prints new keys
  connect URL    talks to a server: requests, streams, pushes
  bench URL      measures how many requests a server answers
  doctor URL     finds out why a client cannot connect, step by step

nestjs-sockets <command> --help says more; nestjs-sockets --version says which one this is.
Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 it was interrupted.
`;

interface Command {
  readonly help: string;
  run(words: readonly string[], io: CliIo): Promise<number>;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['keygen', { help: KEYGEN_HELP, run: keygen }],
  ['connect', { help: CONNECT_HELP, run: connect }],
  ['bench', { help: BENCH_HELP, run: bench }],
  ['doctor', { help: DOCTOR_HELP, run: doctor }],
]);

/**
 * Runs a command line.
 * @param words Its arguments
 * @returns the exit code
 */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  const [name = '', ...rest] = words;
  const command = COMMANDS.get(name);
  if (words.some(isHelp)) return print(io.output, command?.help ?? HELP, ExitCode.Ok);
  if (words.includes('--version')) return print(io.output, `${ownVersion()}\n`, ExitCode.Ok);
  if (name === '') return print(io.error, HELP, ExitCode.Usage);
  try {
    if (!command) throw unknownCommand(name);
    return await command.run(rest, io);
  } catch (error) {
    return complain(io, error, command && name);
  }
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function print(output: CliOutput, text: string, exitCode: number): number {
  output.write(text);
  return exitCode;
}

function unknownCommand(name: string): UsageError {
  const near = nearestTo(name, [...COMMANDS.keys()]);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  return new UsageError(`There is no command "${name}".${meant}`);
}

/** A wrong option is wrong usage, wherever it was found to be wrong. All of the help would hide what is. */
function complain({ error }: CliIo, thrown: unknown, command: string | undefined): number {
  const isOption = isSocketsError(thrown) && thrown.code === 'INVALID_OPTION';
  if (!isOption && !(thrown instanceof UsageError)) throw thrown;
  const who = ['nestjs-sockets', ...(command === undefined ? [] : [command])].join(' ');
  return print(error, `${thrown.message}\n${who} --help says more.\n`, ExitCode.Usage);
}
