import { Injectable, Logger } from '@nestjs/common';
import { BoundedLog } from '../../logging/bounded-log.js';
import { traceOf } from '../../logging/log-text.js';

// Milliseconds after which the log says what is waited for.
const SLOW = 10_000;

/** Calls what the application wants to have called, so that nothing that it does gets any further. */
@Injectable()
export class HookRunner {
  private readonly logger = new Logger('SocketEvents');
  private readonly log = new BoundedLog((line) => this.logger.error(line));

  /** Calls a hook, and resolves when it is done. What it throws is logged under its name. */
  async run(name: string, hook: () => unknown): Promise<void> {
    const timer = setTimeout(() => this.warn(name), SLOW).unref();
    try {
      await hook();
    } catch (error) {
      this.report(name, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls listeners of an event, each whatever the others throw. */
  runListeners(name: string, listeners: readonly unknown[], owner: object, args: unknown[]): void {
    for (const listener of listeners) {
      void this.run(name, () => Reflect.apply(listener as () => unknown, owner, args) as unknown);
    }
  }

  private warn(name: string): void {
    this.log.log(name, () => `${name} is not done after ${SLOW} ms, and what comes after it waits`);
  }

  /** @param name Of the hook: from a bounded set */
  report(name: string, error: unknown): void {
    this.log.log(name, () => `${name} failed: ${traceOf(error)}`);
  }
}
