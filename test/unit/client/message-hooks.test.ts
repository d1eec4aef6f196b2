import { describe, expect, it, jest } from '@jest/globals';
import { MessageHooks } from '../../../src/client/core/message-hooks.js';
import { SocketClient } from '../../../src/client/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';

const socket = new SocketClient({ authKey: AUTH_KEY });

describe('MessageHooks', () => {
  it('gives the payload and the socket to every hook of the name, and to no other', async () => {
    const hooks = new MessageHooks();
    const [first, second, other] = [jest.fn(), jest.fn(), jest.fn()];
    hooks.add('a', first);
    hooks.add('a', second);
    hooks.add('b', other);
    await hooks.run('a', { x: 1 }, socket);
    expect(first).toHaveBeenCalledWith({ x: 1 }, socket);
    expect(second).toHaveBeenCalledWith({ x: 1 }, socket);
    expect(other).not.toHaveBeenCalled();
  });

  it('takes a hook away again', async () => {
    const hooks = new MessageHooks();
    const hook = jest.fn();
    const remove = hooks.add('a', hook);
    expect(hooks.has('a')).toBe(true);
    remove();
    expect(hooks.has('a')).toBe(false);
    await hooks.run('a', 1, socket);
    expect(hook).not.toHaveBeenCalled();
  });

  it('resolves with the first result that is something', async () => {
    const hooks = new MessageHooks();
    hooks.add('a', () => undefined);
    hooks.add('a', async () => 'second');
    hooks.add('a', () => 'third');
    expect(await hooks.run('a', 1, socket)).toBe('second');
  });

  it('rejects with what a hook throws', async () => {
    const hooks = new MessageHooks();
    hooks.add('a', () => {
      throw new Error('broken hook');
    });
    await expect(hooks.run('a', 1, socket)).rejects.toThrow('broken hook');
  });

  it('knows no hook by the name of what objects inherit', () => {
    expect(new MessageHooks().has('constructor')).toBe(false);
  });
});
