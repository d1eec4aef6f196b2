import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

const PACKAGES = ['ws', '@nestjs/core', '@nestjs/platform-ws', 'socket.io'];

function versionOf(name) {
  const path = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

/** One line about what the figures were measured with. */
export function describeMachine() {
  const versions = PACKAGES.map((name) => `${name} ${versionOf(name)}`);
  const processor = `${cpus()[0].model.trim()}, ${availableParallelism()} cores`;
  return [`Node ${process.version}`, ...versions, processor].join(' · ');
}
