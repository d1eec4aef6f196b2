import { ExitCode, type CliIo } from '../common/cli-io.js';
import { CONNECTION_HELP } from '../common/connection-flags.js';
import { paintFor } from '../common/paint.js';
import { errorObject, errorText, jsonText } from '../common/shown-text.js';
import { WatchingClient, type Watcher } from '../common/watching-client.js';
import { DEFAULT_PLAN, readPlan, type BenchPlan } from './bench.plan.js';
import { reportOf, reportText } from './bench.report.js';
import { Load } from './load.js';
import { showProgress } from './progress.js';

const { connections, inFlight, seconds, timeout } = DEFAULT_PLAN;

export const BENCH_HELP = `Usage: nestjs-sockets bench URL --request NAME [flags]

Measures how many requests a server answers, and how fast. Each connection always has as many requests
open as --in-flight says. Ctrl-C ends early, with a summary. Exit code 1 if there was any error, or no reply.

  --request NAME         the request to send
  --data JSON            its data
  --connections N        (default ${connections})
  --in-flight N          (default ${inFlight})
  --seconds N            (default ${seconds})
  --timeout MS           for each reply (default ${timeout})
  --json                 the summary as one line of JSON
${CONNECTION_HELP}`;

// As many as servers let be unauthenticated from one address.
const AT_A_TIME = 50;

/** @throws UsageError */
export async function bench(words: readonly string[], io: CliIo): Promise<number> {
  const plan = readPlan(words);
  const clients = clientsOf(plan, io);
  const load = new Load(plan);
  let isInterrupted = false;
  const ignore = io.onInterrupt(() => {
    isInterrupted = true;
    load.interrupt();
    closeAll(clients);
  });
  try {
    await connectAll(clients);
    const exitCode = await measure(io, plan, load, clients);
    return isInterrupted ? ExitCode.Interrupted : exitCode;
  } catch (error) {
    return isInterrupted ? ExitCode.Interrupted : complain(io, plan, error);
  } finally {
    ignore();
    closeAll(clients);
  }
}

function closeAll(clients: readonly WatchingClient[]): void {
  for (const client of clients) client.close();
}

/** What one of them has to warn of, all have. */
function clientsOf(plan: BenchPlan, { error }: CliIo): WatchingClient[] {
  const warnings = new Set<string>();
  const ignore = () => undefined;
  const warn = (message: string) => {
    if (!warnings.has(message)) error.write(`${message}\n`);
    warnings.add(message);
  };
  const watcher: Watcher = { warn, onAccepted: ignore, onPush: ignore, onAsk: ignore };
  const options = { ...plan.options, reconnect: false } as const;
  return Array.from({ length: plan.connections }, () => new WatchingClient(options, watcher));
}

async function connectAll(clients: readonly WatchingClient[]): Promise<void> {
  for (let first = 0; first < clients.length; first += AT_A_TIME) {
    const some = clients.slice(first, first + AT_A_TIME);
    await Promise.all(some.map((client) => client.connect()));
  }
}

async function measure(
  { output, error }: CliIo,
  plan: BenchPlan,
  load: Load,
  clients: readonly WatchingClient[],
): Promise<number> {
  const hide = showProgress(error, plan, load);
  const cpu = process.cpuUsage();
  await load.run(clients);
  const report = reportOf(plan, load, process.cpuUsage(cpu));
  hide();
  output.write(plan.json ? `${jsonText(report)}\n` : reportText(report, paintFor(output)));
  return load.failures === 0 && load.replies > 0 ? ExitCode.Ok : ExitCode.Failed;
}

function complain({ output, error }: CliIo, { json }: BenchPlan, thrown: unknown): number {
  if (json) output.write(`${jsonText({ error: errorObject(thrown) })}\n`);
  else error.write(`${errorText(thrown)}\nnestjs-sockets doctor finds out more.\n`);
  return ExitCode.Failed;
}
