import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { QUANTUM, Scheduler, type Flow } from '../../../../src/server/flow/scheduler.js';

const SMALL = 100;

/** A scheduler with turns that the test begins, and flows that write down when they are served. */
function setUp() {
  const turns = { current: 1 };
  const scheduler = new Scheduler(turns);
  const served: string[] = [];
  return {
    turns,
    scheduler,
    served,
    flow: (name: string) => new TestFlow(name, scheduler, served),
  };
}

/** Sends messages of one size. */
class TestFlow implements Flow {
  credit = 0;
  turn = -1;
  isListed = false;
  waiting = 0;
  bytes = SMALL;
  /** Called after each message. */
  onHandled: (() => void) | undefined;

  constructor(
    private readonly name: string,
    private readonly scheduler: Scheduler,
    private readonly served: string[],
  ) {}

  get isReady(): boolean {
    return this.waiting > 0;
  }

  /** How many of so many messages are handled at once; the others wait. */
  send(count: number): number {
    let admitted = 0;
    for (let sent = 0; sent < count; sent++) {
      if (this.waiting === 0 && this.scheduler.admits(this, this.bytes)) admitted++;
      else this.waiting++;
    }
    if (this.waiting > 0) this.scheduler.add(this);
    return admitted;
  }

  serve(): void {
    while (this.credit > 0 && this.waiting > 0) {
      this.waiting--;
      this.scheduler.charge(this, this.bytes);
      this.served.push(this.name);
      this.onHandled?.();
    }
  }
}

async function untilServed(served: readonly string[], count: number): Promise<void> {
  for (let turn = 0; served.length < count && turn < 1_000; turn++) await nextTurn();
  expect(served).toHaveLength(count);
}

/** The names in the order in which they were served, each run of one as a single name. */
function runsOf(served: readonly string[]): string[] {
  return served.filter((name, index) => name !== served[index - 1]);
}

describe('Scheduler', () => {
  it('handles what a connection sends at once while it asks for little in each turn', () => {
    const { turns, flow } = setUp();
    const light = flow('light');
    for (let turn = 1; turn <= 3; turn++) {
      turns.current = turn;
      expect(light.send(16)).toBe(16);
    }
    expect(light.isListed).toBe(false);
  });

  it('has wait what a connection sends beyond 16 small messages of a turn', async () => {
    const { flow, served } = setUp();
    const heavy = flow('heavy');
    const atOnce = heavy.send(100);
    expect(atOnce).toBeGreaterThanOrEqual(16);
    expect(atOnce).toBeLessThan(20);
    await untilServed(served, 100 - atOnce);
  });

  it('has wait a message that is larger than a quantum', async () => {
    const { flow, served } = setUp();
    const heavy = flow('heavy');
    heavy.bytes = QUANTUM;
    expect(heavy.send(1)).toBe(0);
    await untilServed(served, 1);
  });

  it('lets nothing of a connection overtake what waits of it', async () => {
    const { turns, flow, scheduler, served } = setUp();
    const heavy = flow('heavy');
    heavy.send(100);
    turns.current++;
    expect(scheduler.admits(heavy, SMALL)).toBe(false);
    await untilServed(served, heavy.waiting);
  });

  it('gives those that wait a quantum each, in turns', async () => {
    const { flow, served } = setUp();
    const [one, other] = [flow('one'), flow('other')];
    const waiting = 100 - one.send(100) + (100 - other.send(100));
    await untilServed(served, waiting);
    expect(runsOf(served).slice(0, 4)).toEqual(['one', 'other', 'one', 'other']);
    expect(served.indexOf('other')).toBeLessThan(20);
  });

  it('has who took far more than a quantum sit out rounds, as many as it took', async () => {
    const { flow, served } = setUp();
    const [large, small] = [flow('large'), flow('small')];
    large.bytes = 10 * QUANTUM;
    large.send(2);
    const waiting = 2 + 500 - small.send(500);
    await untilServed(served, waiting);
    const between = served.lastIndexOf('large') - served.indexOf('large') - 1;
    // Ten quanta of 17 small messages, but for the rounding of one.
    expect(between).toBeGreaterThan(9 * 16);
    expect(between).toBeLessThan(12 * 18);
  });

  it('serves who comes to wait before those that have waited for longer', async () => {
    const { flow, served } = setUp();
    const [old, late] = [flow('old'), flow('late')];
    old.onHandled = () => {
      if (served.length === 20) late.send(20);
    };
    old.send(500);
    await untilServed(served, 500 - 17 + 20 - 17);
    expect(served.indexOf('late')).toBeLessThan(20 + 18);
  });

  it('does not let who comes again and again be new each time', async () => {
    const { flow, served } = setUp();
    const [again, old] = [flow('again'), flow('old')];
    // Has nothing left when it was served, and sends again.
    again.onHandled = () => {
      if (again.waiting === 0 && served.length < 100) again.send(1);
    };
    again.send(18);
    old.send(100);
    while (again.waiting + old.waiting > 0) await nextTurn();
    expect(served.indexOf('old')).toBeLessThan(20);
  });

  it('bounds what is handled at once in a turn, of all connections together', () => {
    const { turns, flow } = setUp();
    const all = Array.from({ length: 100 }, (_, index) => flow(`${index}`));
    const sum = () => all.reduce((total, each) => total + each.send(16), 0);
    const atOnce = sum();
    expect(atOnce).toBeGreaterThan(30 * 16);
    expect(atOnce).toBeLessThan(40 * 16);
    turns.current++;
    // Those that wait have to; the others may again.
    expect(all[0]!.send(16)).toBe(16);
  });

  it('lets the event loop turn while anything waits, and waits for no time itself', async () => {
    const { flow, served } = setUp();
    const busy = flow('busy');
    busy.onHandled = () => {
      const until = performance.now() + 0.2;
      while (performance.now() < until);
    };
    busy.send(200);
    const turnsBetween: number[] = [];
    while (busy.waiting > 0) {
      turnsBetween.push(served.length);
      await nextTurn();
    }
    // Each turn moved something on, and none of them much.
    expect(new Set(turnsBetween).size).toBeGreaterThanOrEqual(turnsBetween.length - 1);
    expect(turnsBetween.length).toBeGreaterThan(5);
  });

  it('goes on when what handlers do in microtasks is done, in the same turn if it is short', async () => {
    const { flow, served } = setUp();
    const order: string[] = [];
    const one = flow('one');
    one.onHandled = () => void Promise.resolve().then(() => order.push('microtask'));
    const other = flow('other');
    other.onHandled = () => order.push('other');
    one.send(18);
    other.send(18);
    await untilServed(served, one.waiting + other.waiting);
    expect(order.indexOf('microtask')).toBeLessThan(order.indexOf('other'));
  });

  it('forgets who has nothing left, so that it is served at once again', async () => {
    const { turns, flow, served } = setUp();
    const heavy = flow('heavy');
    heavy.send(20);
    await untilServed(served, heavy.waiting);
    while (heavy.isListed) await nextTurn();
    turns.current++;
    expect(heavy.send(5)).toBe(5);
  });
});
