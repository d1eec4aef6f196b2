// Each number counts an eighth, so that a few of another size show soon and a single one hardly.
const WEIGHT = 1 / 8;

/** What the last numbers were, on average. */
export class MovingAverage {
  value = 0;

  add(number: number): void {
    this.value += (number - this.value) * WEIGHT;
  }
}
