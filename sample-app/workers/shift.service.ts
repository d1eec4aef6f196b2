import { Injectable } from '@nestjs/common';

/** The working day of a worker process. */
@Injectable()
export class Shift {
  /** Resolves when the process may go. */
  readonly over: Promise<void>;
  private resolveOver!: () => void;

  constructor() {
    this.over = new Promise((resolve) => (this.resolveOver = resolve));
  }

  end(): void {
    this.resolveOver();
  }
}
