import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

/** Where the page of a hall is. */
export function pageAt(address: string): string {
  return address.replace('ws:', 'http:');
}

/** Says where the page is, opens it on request, and resolves when it is no longer wanted. */
export async function keepOpen(url: string): Promise<void> {
  const isTerminal = process.stdin.isTTY;
  const how = isTerminal ? ' Press Enter to open it.' : '';
  console.log(`\nThe page stays up at ${url}.${how} Ctrl-C ends it.`);
  const lines = isTerminal ? createInterface(process.stdin) : undefined;
  lines?.on('line', () => open(url));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // A terminal in which lines are read sends no signal for Ctrl-C.
    lines?.once('SIGINT', () => resolve()).once('close', () => resolve());
  });
  lines?.close();
}

function open(url: string): void {
  const opener = spawn(OPENERS[process.platform] ?? 'xdg-open', [url], { stdio: 'ignore' });
  opener.on('error', () => console.log(`No browser could be opened. Open ${url} yourself.`));
  opener.unref();
}
