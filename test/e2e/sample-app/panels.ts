import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { isSelected, selectorsOf, type Selector } from '../../helpers/promql.js';
import type { Scrape } from './prometheus.js';

const PATH = '../../../sample-app/dashboard/game-hall.dashboard.json';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const dashboard = readFileSync(new URL(PATH, import.meta.url), 'utf8');
const { panels } = JSON.parse(dashboard) as { panels: Panel[] };

/** What `rate()` relies on: no series of a counter goes away, and none shrinks. */
export function expectGrown(before: Scrape, after: Scrape): void {
  const keyOf = ({ name, labels }: Scrape['samples'][number]): string =>
    JSON.stringify([name, Object.entries(labels).toSorted()]);
  const now = new Map(after.samples.map((sample) => [keyOf(sample), sample.value]));
  const counters = before.samples.filter(({ name }) => {
    const metric = name.replace(/_(?:bucket|count|sum)$/, '');
    return before.types.get(name) === 'counter' || before.types.get(metric) === 'histogram';
  });
  expect(counters.length).toBeGreaterThan(0);
  const shrunk = counters.filter((it) => !((now.get(keyOf(it)) ?? -1) >= it.value));
  expect(shrunk).toEqual([]);
}

/** Every panel has something to show, by the labels that it names. */
export function expectShown({ samples }: Scrape): void {
  for (const { title, targets } of panels) {
    for (const { expr, legendFormat } of targets) {
      const selectors = selectorsOf(expr.replaceAll('$__rate_interval', '5s'));
      const inLegend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      for (const selector of selectors) {
        expect(selector.groupedBy).toEqual(expect.arrayContaining(inLegend));
        const without = samplesWithout(selector);
        expect({ title, expr, without }).toEqual({ title, expr, without: [] });
      }
    }
  }

  /** What is asked for and is not there: the metric itself, or labels of it. */
  function samplesWithout(selector: Selector): string[] {
    const found = samples.filter((sample) => isSelected(selector, sample));
    if (found.length === 0) return [selector.name];
    return selector.groupedBy.filter((label) => found.some(({ labels }) => !(label in labels)));
  }
}
