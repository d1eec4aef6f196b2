import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Beside the compiled hall, where dashboard/prometheus.yml looks for it.
const FILE = fileURLToPath(new URL('../../scrape-targets.json', import.meta.url));

/** Tells Prometheus where the servers of a run are, by a file that it reads again and again. */
export class ScrapeTargets {
  private readonly hosts = new Set<string>();

  constructor() {
    // What a run has left that was killed.
    this.close();
  }

  /** Where each server has its metrics. */
  get urls(): string[] {
    return [...this.hosts].map((host) => `http://${host}/metrics`);
  }

  /** @param address Of a server, as its clients know it */
  add(address: string): void {
    this.hosts.add(new URL(address).host);
    this.write();
  }

  remove(address: string): void {
    this.hosts.delete(new URL(address).host);
    this.write();
  }

  /** The run is over. */
  close(): void {
    rmSync(FILE, { force: true });
  }

  /** At once, so that nobody reads half of it. */
  private write(): void {
    const draft = `${FILE}.${process.pid}`;
    writeFileSync(draft, JSON.stringify([{ targets: [...this.hosts] }]));
    renameSync(draft, FILE);
  }
}
