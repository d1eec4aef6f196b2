/** Shows how far the judging is, on whatever standard output is. */
export interface View {
  /** Prints a line of somebody else's. */
  log(line: string): void;
  progress(judged: number, total: number): void;
  /** Nothing more will be shown: leaves the screen tidy. */
  stop(): void;
}
