import { isatty } from 'node:tty';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';

const LEVELS: LogLevel[] = ['log', 'warn', 'error', 'fatal'];
const QUIET_LEVELS = LEVELS.filter((level) => level !== 'log');

/**
 * Nest's logger. In a process that was started by another one it is brief: nothing about the start,
 * and of each line only what it says.
 */
export class StartLogger extends ConsoleLogger {
  private readonly isBrief: boolean;

  constructor() {
    const isBrief = process.send !== undefined;
    super({ colors: isatty(1), logLevels: isBrief ? QUIET_LEVELS : LEVELS });
    this.isBrief = isBrief;
  }

  /** The start is over: what comes now is of interest. */
  started(): void {
    this.setLogLevels(LEVELS);
  }

  protected override formatMessage(
    ...[level, message, ...rest]: Parameters<ConsoleLogger['formatMessage']>
  ): string {
    if (!this.isBrief) return super.formatMessage(level, message, ...rest);
    return level === 'log' ? `${String(message)}\n` : `${level}: ${String(message)}\n`;
  }
}
