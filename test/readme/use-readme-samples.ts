import { EventEmitter, once } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { SocketsModule } from '../../src/index.js';
import { SocketsTestApp } from '../../src/testing/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useEnvironment } from '../fixtures/environment.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';
import { ReadmeSamples } from './readme-samples.js';

/** Where the samples look for the server. Port 2667 may be taken, so tests put another in its place. */
export const ADDRESS_IN_SAMPLES = 'ws://localhost:2667';

interface Closable {
  close(): Promise<void>;
}

/** What the tests of one file need to run samples, and what is cleaned up behind them. */
export class SampleBench {
  samples!: ReadmeSamples;
  readonly setEnvironment = useEnvironment();
  private readonly started: Closable[] = [];
  private readonly output = new EventEmitter();
  private lines: string[] = [];

  /** What the samples printed so far, a line for each call of `console.log()`. */
  printed(): string[] {
    return this.lines;
  }

  /** Resolves with what was printed when there are that many lines. */
  async untilPrinted(count: number): Promise<string[]> {
    while (this.lines.length < count) {
      const line = once(this.output, 'line');
      await withDeadline(line, DEFAULT_DEADLINE, `line ${count} behind ${inspect(this.lines)}`);
    }
    return this.lines;
  }

  /** Closes the application when the test is over. */
  async closeLater<App extends Closable>(starting: Promise<App>): Promise<App> {
    const app = await starting;
    this.started.push(app);
    return app;
  }

  startModule(builder: TestingModuleBuilder): Promise<SocketsTestApp> {
    return this.closeLater(SocketsTestApp.start(builder));
  }

  /** Starts an application of these providers, for a sample that is a part of one. */
  startProviders(...providers: Provider[]): Promise<SocketsTestApp> {
    const imports = [SocketsModule.forRoot()];
    return this.startModule(Test.createTestingModule({ imports, providers }));
  }

  prepare(): void {
    // Samples take the key from the environment, and their port where they name none: 0 is a free one.
    this.setEnvironment({ SOCKET_AUTH_KEY: AUTH_KEY, SOCKET_PORT: '0' });
    this.lines = [];
    jest.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      this.lines.push(values.map((value) => inspect(value)).join(' '));
      this.output.emit('line');
    });
  }

  async cleanUp(): Promise<void> {
    jest.restoreAllMocks();
    for (const app of this.started.splice(0).toReversed()) await app.close();
  }
}

/** Extracts the documents' samples for the tests of the calling file. */
export function useReadmeSamples(): SampleBench {
  const bench = new SampleBench();
  beforeAll(async () => {
    bench.samples = await ReadmeSamples.extract();
  });
  beforeEach(() => bench.prepare());
  afterEach(() => bench.cleanUp());
  afterAll(() => bench.samples.remove());
  return bench;
}
