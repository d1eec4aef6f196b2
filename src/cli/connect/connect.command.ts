import type { CliIo } from '../common/cli-io.js';
import { readCommandLine } from '../common/command-line.js';
import {
  CONNECTION_FLAGS,
  CONNECTION_HELP,
  readConnectionFlags,
} from '../common/connection-flags.js';
import { PROMPT_HELP } from './prompt.help.js';
import { runPrompt } from './prompt.js';
import { runScript } from './script.js';

const TIMEOUT = 30_000;

export const CONNECT_HELP = `Usage: nestjs-sockets connect URL [flags]

Talks to a server. At its prompt:

${PROMPT_HELP}

With --json, or where the input or the output is no terminal, each line of the input is an order as
above or {"request":"name","data":…}, with "stream":true or "send":true, and an "id" that is given back. Each
line of the output is JSON. Exit code 1 if any order failed or the connection was lost.

  --json                 JSON even at a terminal
  --timeout MS           for each reply (default 30000)
${CONNECTION_HELP}`;

/** @throws UsageError */
export function connect(words: readonly string[], io: CliIo): Promise<number> {
  const line = readCommandLine(words, CONNECTION_FLAGS);
  const flags = readConnectionFlags(line, TIMEOUT);
  const isTyped = io.input.isTTY === true && io.output.isTTY === true;
  return isTyped && !flags.json ? runPrompt(io, flags) : runScript(io, flags);
}
