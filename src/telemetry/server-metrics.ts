import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import type { ServerFigures } from '../contract/telemetry.js';
import { gauge, totals, type Instrument } from './server-instruments.js';

/**
 * Has OpenTelemetry read the figures of a server whenever it collects: no message costs anything for it.
 * @returns a function that ends it
 */
export function observeServer(meter: Meter, read: () => ServerFigures): () => void {
  const instruments = [...totals, ...gauge].map((it) => ({ ...it, made: make(meter, it) }));
  const observe = (result: BatchObservableResult): void => {
    const figures = read();
    for (const { made, values } of instruments) {
      for (const [value, attributes] of values(figures)) result.observe(made, value, attributes);
    }
  };
  const all = instruments.map(({ made }) => made);
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

function make(meter: Meter, { name, unit, description, kind }: Instrument): Observable {
  const options = { unit, description };
  if (kind === 'total') return meter.createObservableCounter(name, options);
  return kind === 'sum'
    ? meter.createObservableUpDownCounter(name, options)
    : meter.createObservableGauge(name, options);
}
