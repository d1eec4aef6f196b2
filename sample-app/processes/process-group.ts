import { HallProcess, type Ending, type HallProcessOptions } from './hall-process.js';

/** The processes of one run: when one of them fails, so does the run, and none is left behind. */
export class ProcessGroup {
  /** Rejects when a process ends that should not, or ends badly. */
  readonly failure: Promise<never>;
  /** Whether they all are to go. */
  isStopping = false;
  private readonly processes: HallProcess[] = [];
  private fail!: (reason: Error) => void;

  /** @param limits How long a process may take to go when asked, before it is killed. */
  constructor(private readonly limits = { millisecondsToStop: 5000 }) {
    this.failure = new Promise((_, reject) => (this.fail = reject));
    // Whoever runs the group races against it; without a race it is nobody's business.
    this.failure.catch(() => undefined);
  }

  /** Starts a process that goes on until the group is stopped. */
  startServant(options: HallProcessOptions): HallProcess {
    return this.start(options, () => false);
  }

  /** Starts a process that is to end by itself, with exit code 0. */
  startTask(options: HallProcessOptions): HallProcess {
    return this.start(options, ({ code }) => code === 0);
  }

  /** Starts a process that goes on until the group is stopped, or is killed and not missed. */
  startExpendable(options: HallProcessOptions, isMissed: () => boolean): HallProcess {
    return this.start(options, ({ signal }) => signal !== null && !isMissed());
  }

  /** Resolves when no process is left. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.processes.map((child) => child.stop(this.limits.millisecondsToStop)));
  }

  private start(options: HallProcessOptions, mayEnd: (ending: Ending) => boolean): HallProcess {
    const child = new HallProcess(options);
    this.processes.push(child);
    child.ended.then(
      (ending) => {
        if (!this.isStopping && !mayEnd(ending)) this.fail(endedEarly(child, ending));
      },
      (error: unknown) => this.fail(new Error(`Cannot start the ${child.name}`, { cause: error })),
    );
    return child;
  }
}

function endedEarly({ name }: HallProcess, { code, signal }: Ending): Error {
  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  return new Error(`The ${name} process ended before its time, ${how}`);
}
