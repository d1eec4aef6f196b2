import { startMeter } from '../process-meter.mjs';

/**
 * A warm-up and a measurement, by the clock. Asked after each unit of work where the load is, so that
 * the meter starts and stops between two of them.
 */
export class Phases {
  /** Units of work within the measurement. */
  count = 0;
  /** @type {{ cpu: number, besideCpu: number, from: number, to: number } | undefined} */
  result;
  #stopMeter;
  #endsAt;

  /** @param {{ pid: number | number[], beside?: number[], warmUp: number, seconds: number }} timing */
  constructor({ pid, beside, warmUp, seconds }) {
    this.pid = pid;
    this.beside = beside;
    this.seconds = seconds;
    this.#endsAt = performance.now() + warmUp * 1000;
  }

  get isMeasuring() {
    return this.#stopMeter !== undefined && this.result === undefined;
  }

  /** @param {number} units done since the last call @returns {boolean} whether the measurement is over */
  advance(units) {
    if (this.result) return true;
    if (this.#stopMeter) this.count += units;
    if (performance.now() < this.#endsAt) return false;
    if (this.#stopMeter) this.result = this.#stopMeter();
    else {
      this.#stopMeter = startMeter(this.pid, this.beside);
      this.#endsAt = performance.now() + this.seconds * 1000;
    }
    return this.result !== undefined;
  }

  /**
   * @returns {{ value: number, beside: number, count: number, from: number, to: number }} microseconds for
   * each unit, of what is measured and of the processes beside it
   */
  figures() {
    const { cpu, besideCpu, from, to } = this.result;
    const { count } = this;
    return { value: cpu / count, beside: besideCpu / count, count, from, to };
  }
}
