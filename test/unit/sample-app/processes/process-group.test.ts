import { afterEach, describe, expect, it } from '@jest/globals';
import type { HallProcessOptions } from '../../../../sample-app/processes/hall-process.js';
import { ProcessGroup } from '../../../../sample-app/processes/process-group.js';

const groups: ProcessGroup[] = [];

function newGroup(): ProcessGroup {
  const group = new ProcessGroup();
  groups.push(group);
  return group;
}

function script(
  name: 'stays' | 'leaves' | 'stubborn',
  env: Record<string, string> = {},
  lines: string[] = [],
): HallProcessOptions {
  const url = new URL(`./scripts/${name}.mjs`, import.meta.url);
  return { name, script: url, env, onLine: (line) => lines.push(line) };
}

afterEach(async () => {
  await Promise.all(groups.splice(0).map((group) => group.stop()));
});

describe('a group of processes', () => {
  it('hears what a process says and prints, and gives it its environment', async () => {
    const lines: string[] = [];
    const group = newGroup();
    const child = group.startServant(script('stays', { WISH: 'tea' }, lines));
    expect(await child.message()).toMatchObject({ wish: 'tea' });
    await group.stop();
    expect(lines).toEqual(['stays: staying']);
  });

  it('leaves no process behind when it stops', async () => {
    const group = newGroup();
    const child = group.startServant(script('stays'));
    const { pid } = await child.message<{ pid: number }>();
    await group.stop();
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('kills a process that does not go when asked', async () => {
    const group = new ProcessGroup({ millisecondsToStop: 50 });
    const child = group.startServant(script('stubborn'));
    await child.message();
    await group.stop();
    expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('fails when a servant ends, even without an error', async () => {
    const group = newGroup();
    group.startServant(script('leaves', { EXIT_CODE: '0' }));
    await expect(group.failure).rejects.toThrow(
      'The leaves process ended before its time, with exit code 0',
    );
  });

  it('fails when a task ends with an error', async () => {
    const group = newGroup();
    group.startTask(script('leaves', { EXIT_CODE: '3' }));
    await expect(group.failure).rejects.toThrow('with exit code 3');
  });

  it('does not fail when a task ends well or a servant is stopped', async () => {
    const group = newGroup();
    const task = group.startTask(script('leaves', { EXIT_CODE: '0' }));
    const servant = group.startServant(script('stays'));
    await servant.message();
    expect(await task.ended).toEqual({ code: 0, signal: null });
    await group.stop();
    expect(await Promise.race([group.failure, Promise.resolve('fine')])).toBe('fine');
  });
});
