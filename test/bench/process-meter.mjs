// CPU time and memory of a process, from /proc.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** @throws where there is no such /proc */
export function assertMeasurable() {
  if (existsSync(`/proc/${process.pid}/task/${process.pid}/schedstat`)) return;
  throw new Error(
    `The benchmark reads CPU time from /proc/PID/task/*/schedstat, which only Linux has (this is ${process.platform}).`,
  );
}

/**
 * User and system time of all threads. Counts nanoseconds, where /proc/PID/stat has steps of 10 ms.
 * @param {number} pid
 * @returns {number} microseconds
 */
export function cpuMicroseconds(pid) {
  const folder = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of readdirSync(folder)) {
    const text = readFileSync(`${folder}/${thread}/schedstat`, 'latin1');
    nanoseconds += Number(text.slice(0, text.indexOf(' ')));
  }
  return nanoseconds / 1000;
}

/** @param {number} pid @returns {number} resident memory in KiB */
export function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
}

function clockMicroseconds() {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * Starts to measure a process, or several.
 * @param {number | number[]} pid
 * @param {number[]} [beside] processes that are measured on their own at the same time
 * @returns {() => { cpu: number, besideCpu: number, from: number, to: number }} ends it: microseconds of
 * CPU, and from when to when by the clock that all processes of the machine share
 */
export function startMeter(pid, beside = []) {
  const cpuOf = (pids) => [pids].flat().reduce((sum, each) => sum + cpuMicroseconds(each), 0);
  const from = clockMicroseconds();
  const before = cpuOf(pid);
  const besideBefore = cpuOf(beside);
  return () => ({
    cpu: cpuOf(pid) - before,
    besideCpu: cpuOf(beside) - besideBefore,
    from,
    to: clockMicroseconds(),
  });
}
