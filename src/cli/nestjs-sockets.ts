#!/usr/bin/env node
import { runCli } from './run-cli.js';

const { output, error, exitCode } = runCli(process.argv.slice(2));
process.stdout.write(output);
process.stderr.write(error);
process.exitCode = exitCode;
