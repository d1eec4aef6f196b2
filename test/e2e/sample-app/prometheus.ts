import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readPrometheusText, type Exposition, type Sample } from '../../helpers/prometheus-text.js';
import { isSelected, selectorsOf } from '../../helpers/promql.js';

const CONFIGURATION = new URL('../../../sample-app/dashboard/prometheus.yml', import.meta.url);

interface Configuration {
  readonly scrape_configs: readonly [
    {
      readonly metrics_path: string;
      readonly static_configs: readonly TargetGroup[];
      readonly file_sd_configs: readonly { readonly files: readonly string[] }[];
    },
  ];
}

interface TargetGroup {
  readonly targets: readonly string[];
}

const configuration = parse(readFileSync(CONFIGURATION, 'utf8')) as Configuration;
const [hall] = configuration.scrape_configs;

/** The servers that are configured by their addresses. */
export const staticTargets = hall.static_configs.flatMap(({ targets }) => targets);

/** Those that Prometheus is told of now, by files. */
export function fileTargets(): string[] {
  const paths = hall.file_sd_configs
    .flatMap(({ files }) => files)
    .map((file) => fileURLToPath(new URL(file, CONFIGURATION)));
  return paths.flatMap(targetsIn);
}

/** What all servers of the hall said at one time. */
export class Scrape implements Exposition {
  /** The servers that there were. */
  readonly instances: readonly string[];

  private constructor(
    readonly samples: readonly Sample[],
    readonly types: ReadonlyMap<string, string>,
  ) {
    this.instances = [...new Set(samples.map(({ labels }) => labels['instance']!))];
  }

  /** As Prometheus does it, of those that it is told of. */
  static async take(): Promise<Scrape> {
    const answers = await Promise.all(fileTargets().map(scrape));
    const types = answers.flatMap((answer) => [...answer.types]);
    return new Scrape(
      answers.flatMap(({ samples }) => samples),
      new Map(types),
    );
  }

  /** The series that a selector asks for. */
  select(selector: string): Sample[] {
    const [it] = selectorsOf(selector);
    return this.samples.filter((sample) => isSelected(it!, sample));
  }

  /** The sum of those, over all servers. */
  sum(selector: string): number {
    return this.select(selector).reduce((sum, { value }) => sum + value, 0);
  }
}

/** None where there is no such file. */
function targetsIn(path: string): readonly string[] {
  try {
    const groups = JSON.parse(readFileSync(path, 'utf8')) as TargetGroup[];
    return groups.flatMap(({ targets }) => targets);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Adds what Prometheus adds. A server that is not there has nothing to say. */
async function scrape(instance: string): Promise<Exposition> {
  const response = await fetch(`http://${instance}${hall.metrics_path}`).catch(() => undefined);
  if (!response) return { samples: [], types: new Map() };
  if (response.status !== 200) throw new Error(`${instance} answered with ${response.status}`);
  const { samples, types } = readPrometheusText(await response.text());
  const named = samples.map((it) => ({ ...it, labels: { ...it.labels, instance } }));
  return { samples: named, types };
}
