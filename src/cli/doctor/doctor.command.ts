import {
  resolveClientOptions,
  type ResolvedClientOptions,
} from '../../client/core/client.options.js';
import { nodePlatform } from '../../client/node/node.platform.js';
import { ExitCode, type CliIo } from '../common/cli-io.js';
import { readCommandLine } from '../common/command-line.js';
import {
  CONNECTION_FLAGS,
  CONNECTION_HELP,
  readConnectionFlags,
} from '../common/connection-flags.js';
import { paintFor, type Paint } from '../common/paint.js';
import { jsonText, plainText } from '../common/shown-text.js';
import { examine } from './examination.js';
import { STEP_NAMES, type Step } from './step.js';

const TIMEOUT = 5_000;

export const DOCTOR_HELP = `Usage: nestjs-sockets doctor URL [flags]

Finds out why a client cannot connect: tries the address, name, TCP, TLS, HTTP, the upgrade, both versions
of the wire, keys, auth and a heartbeat, and says of each step what to do where it fails. Exit code 0 if all
is fine, 1 if something is wrong. What it tries with a wrong key counts as a failed authentication.

  --timeout MS           for each step (default ${TIMEOUT})
  --json                 one line of JSON in the end
${CONNECTION_HELP}`;

/** @throws UsageError; SocketsError `INVALID_OPTION` */
export async function doctor(words: readonly string[], io: CliIo): Promise<number> {
  const line = readCommandLine(words, CONNECTION_FLAGS);
  const { options, timeout, json } = readConnectionFlags(line, TIMEOUT);
  // The step of the keys says what would be warned of.
  const warn = () => undefined;
  const given = { ...options, connectTimeout: timeout };
  const resolved = resolveClientOptions(given, warn, nodePlatform);
  let stop: () => void;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    stop = io.onInterrupt(() => resolve('interrupted'));
  });
  try {
    const end = await Promise.race([report(resolved, json, io), interrupted]);
    return end === 'interrupted' ? ExitCode.Interrupted : end;
  } finally {
    stop!();
  }
}

async function report(
  options: ResolvedClientOptions,
  json: boolean,
  { output }: CliIo,
): Promise<number> {
  const paint = paintFor(output);
  const steps: Step[] = [];
  for await (const step of examine(options)) {
    steps.push(step);
    if (!json) output.write(textOf(step, paint));
  }
  const isWell = steps.every(({ outcome }) => outcome !== 'failed');
  const end = json ? jsonText({ url: options.address, ok: isWell, steps }) : verdict(isWell, paint);
  output.write(`${end}\n`);
  return isWell ? ExitCode.Ok : ExitCode.Failed;
}

const WIDTH = Math.max(...STEP_NAMES.map(({ length }) => length));
const COLOURS = { ok: 'green', failed: 'red', skipped: 'dim' } as const;
const OUTCOME_WIDTH = 'skipped'.length;

function verdict(isWell: boolean, paint: Paint): string {
  return isWell ? paint('green', 'All is fine.') : paint('red', 'Something is wrong.');
}

function textOf({ name, outcome, detail, advice }: Step, paint: Paint): string {
  const mark = paint(COLOURS[outcome], outcome.padEnd(OUTCOME_WIDTH));
  const margin = ' '.repeat(OUTCOME_WIDTH + WIDTH + 2);
  const next =
    advice === undefined ? '' : `${margin}  ${paint('yellow', `-> ${plainText(advice)}`)}\n`;
  return `${mark} ${paint('bold', name.padEnd(WIDTH))}  ${plainText(detail)}\n${next}`;
}
