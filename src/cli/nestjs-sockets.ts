#!/usr/bin/env node
import { ExitCode, processIo } from './common/cli-io.js';
import { runCli } from './run-cli.js';

// Whoever read the output has heard enough, as `head` does.
process.stdout.on('error', () => process.exit());

void runCli(process.argv.slice(2), processIo).then((exitCode) => {
  process.exitCode = exitCode;
  // Whatever may still be typed is not waited for.
  process.stdin.pause();
  // Nor is an answer that whoever interrupted does not want any more.
  if (exitCode === ExitCode.Interrupted) process.stdout.write('', () => process.exit());
});
