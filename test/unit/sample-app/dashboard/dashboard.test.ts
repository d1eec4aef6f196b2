import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const PATH = '../../../../sample-app/dashboard/game-hall.dashboard.json';
const WIDTH = 24;

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
}

const dashboard = JSON.parse(readFileSync(new URL(PATH, import.meta.url), 'utf8')) as {
  templating: { list: { name: string; type: string }[] };
  panels: Panel[];
};

function cellsOf({ gridPos: { x, y, w, h } }: Panel): string[] {
  return Array.from({ length: w * h }, (_, n) => `${x + (n % w)}, ${y + Math.floor(n / w)}`);
}

describe('The dashboard', () => {
  const { panels, templating } = dashboard;

  it('asks for a Prometheus of its user, in every panel', () => {
    expect(templating.list).toMatchObject([{ name: 'datasource', type: 'datasource' }]);
    const asked = new Set(panels.map(({ datasource }) => datasource.uid));
    expect([...asked]).toEqual(['${datasource}']);
  });

  it('has its panels beside each other, and each once', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(cellsOf);
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > WIDTH)).toEqual([]);
  });
});
