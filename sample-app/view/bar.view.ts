import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { View } from './view.js';

/** For a terminal: a bar that grows, with the lines of the processes above it. */
export class BarView implements View {
  // A MultiBar with one bar: only that can print lines above the bar.
  private readonly bars = new MultiBar(
    {
      stream: process.stdout,
      format: 'Judging {bar} {percentage} % | {value} of {total} games | {duration_formatted}',
      hideCursor: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  private bar: SingleBar | undefined;
  private isStopped = false;

  log(line: string): void {
    if (this.bar && !this.isStopped) this.bars.log(`${line}\n`);
    else console.log(line);
  }

  progress(judged: number, total: number): void {
    if (this.isStopped) return;
    this.bar ??= this.bars.create(total, 0) ?? undefined;
    this.bar?.update(judged);
  }

  stop(): void {
    this.bars.update();
    this.bars.stop();
    this.isStopped = true;
  }
}
