// Reads what `node --cpu-prof` writes: a tree of calls, and which of them was running when.

/**
 * @typedef {{ name: string, share: number }} Item
 * @typedef {{ functionName: string, url: string, lineNumber: number }} CallFrame
 * @typedef {{ nodes: { id: number, callFrame: CallFrame }[], samples: number[], timeDeltas: number[], startTime: number }} CpuProfile
 */

const IDLE = '(idle)';

function originOf({ functionName, url }) {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const [, inPackages] = url.split('/node_modules/');
  if (!inPackages) return 'nestjs-sockets';
  const [scope, name] = inPackages.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function nameOf(callFrame) {
  const { functionName, url, lineNumber } = callFrame;
  if (url === '') return functionName || '(native)';
  const file = url.slice(url.lastIndexOf('/') + 1);
  return `${functionName || '(anonymous)'}  ${originOf(callFrame)} ${file}:${lineNumber + 1}`;
}

function sharesOf(times) {
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, share: time / total }))
    .toSorted((a, b) => b.share - a.share);
}

/**
 * @param {CpuProfile} profile
 * @param {{ from: number, to: number }} window only this counts, in microseconds of the machine's clock
 * @returns {{ functions: Item[], origins: Item[] }} shares of the time that was not idle, largest first
 */
export function selfTimes({ nodes, samples, timeDeltas, startTime }, { from, to }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map();
  const origins = new Map();
  const add = (times, name, time) => times.set(name, (times.get(name) ?? 0) + time);
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    now += timeDeltas[index];
    const frame = frames.get(id);
    if (now < from || now > to || frame.functionName === IDLE) continue;
    // A sample holds until the next one.
    const time = timeDeltas[index + 1] ?? 0;
    add(functions, nameOf(frame), time);
    add(origins, originOf(frame), time);
  }
  return { functions: sharesOf(functions), origins: sharesOf(origins) };
}
