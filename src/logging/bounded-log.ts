const WINDOW = 10_000;
const LINES_PER_WINDOW = 5;

interface Window {
  startedAt: number;
  count: number;
}

/**
 * Keeps peers from flooding the log: of the lines about one subject it passes on five in ten seconds,
 * counts the others, and tells how many they were when the next window starts.
 */
export class BoundedLog {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly write: (line: string) => void,
    private readonly bounds = { window: WINDOW, lines: LINES_PER_WINDOW },
  ) {}

  /** `subject` must come from a bounded set, never from a peer. */
  log(subject: string, line: () => string): void {
    const window = this.windowOf(subject);
    if (++window.count <= this.bounds.lines) this.tryToWrite(line());
  }

  private windowOf(subject: string): Window {
    const now = Date.now();
    const window = this.windows.get(subject);
    if (window && now - window.startedAt < this.bounds.window) return window;
    const suppressed = (window?.count ?? 0) - this.bounds.lines;
    if (suppressed > 0) this.tryToWrite(`${subject}: ${suppressed} more like these`);
    const next = { startedAt: now, count: 0 };
    this.windows.set(subject, next);
    return next;
  }

  // The application may have a logger of its own, and what that throws is nobody else's fault.
  private tryToWrite(line: string): void {
    try {
      this.write(line);
    } catch {
      // There is nowhere left to say so.
    }
  }
}
