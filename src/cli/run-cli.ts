import { isSocketsError } from '../protocol/sockets.errors.js';
import { bench, BENCH_HELP } from './bench/bench.command.js';
import { ExitCode, type CliIo } from './common/cli-io.js';
import { UsageError } from './common/usage.error.js';
import { connect, CONNECT_HELP } from './connect/connect.command.js';
import { doctor, DOCTOR_HELP } from './doctor/doctor.command.js';
import { keygen, KEYGEN_HELP } from './keygen.js';

const HELP = `Usage: nestjs-sockets <command>

  keygen [kind]  prints new keys
  connect URL    talks to a server: requests, streams, pushes
  bench URL      measures how many requests a server answers
  doctor URL     finds out why a client cannot connect, step by step

nestjs-sockets <command> --help says more.
Exit codes: 0 all went well, 1 something failed, 2 wrong usage.
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
  if (words.some(isHelp)) return print(io, command?.help ?? HELP);
  try {
    if (!command) throw new UsageError(name && `There is no command "${name}".`, HELP);
    return await command.run(rest, io);
  } catch (error) {
    return complain(io, error, command?.help ?? HELP);
  }
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function print({ output }: CliIo, help: string): number {
  output.write(help);
  return ExitCode.Ok;
}

/** A wrong option is wrong usage, wherever it was found to be wrong. */
function complain({ error }: CliIo, thrown: unknown, help: string): number {
  const isOption = isSocketsError(thrown) && thrown.code === 'INVALID_OPTION';
  if (!isOption && !(thrown instanceof UsageError)) throw thrown;
  const { message } = thrown;
  const usage = thrown instanceof UsageError ? thrown.usage : help;
  error.write(`${message}${message && '\n\n'}${usage}`);
  return ExitCode.Usage;
}
