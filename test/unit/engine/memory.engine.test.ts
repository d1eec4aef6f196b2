import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { localEngine, memoryEngine } from '../../../src/engine/memory.engine.js';
import { EngineRecorder } from '../../helpers/engine-node.js';

const DAY = 24 * 3_600_000;
const FRAME = Buffer.from('frame');
const BOUNDS = { size: 10, ttl: 1_000 };

describe('memoryEngine()', () => {
  it('counts the applications that share it', async () => {
    const engine = memoryEngine();
    expect(engine.isShared).toBe(true);
    const sessions = [
      await engine.connect(new EngineRecorder()),
      await engine.connect(new EngineRecorder()),
    ];
    expect(sessions.map(({ node }) => node)).toEqual([1, 2]);
    await sessions[0]!.close();
    expect((await engine.connect(new EngineRecorder())).node).toBe(3);
  });
});

describe('localEngine()', () => {
  it('leaves each application alone, as node 0', async () => {
    const engine = localEngine();
    expect(engine.isShared).toBe(false);
    const [heard, other] = [new EngineRecorder(), new EngineRecorder()];
    const session = await engine.connect(heard);
    const stranger = await engine.connect(other);
    expect([session.node, stranger.node]).toEqual([0, 0]);
    await session.subscribe('all');
    await stranger.subscribe('all');
    await session.publish('all', FRAME);
    expect((await heard.frames.next()).text).toBe('frame');
    expect(other.frames.unread).toEqual([]);
  });
});

describe('A history in memory', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => void jest.useRealTimers());

  it('ends with its ttl, and is forgotten altogether a day after it was used', async () => {
    const session = await localEngine().connect(new EngineRecorder());
    const { epoch } = await session.append('room', FRAME, BOUNDS);
    jest.advanceTimersByTime(999);
    expect((await session.read('room', 0, 10)).entries).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(await session.read('room', 0, 10)).toEqual({ head: { epoch, offset: 1 }, entries: [] });
    jest.advanceTimersByTime(DAY - 1);
    expect((await session.read('room', 0, 10)).head).toEqual({ epoch, offset: 1 });
    jest.advanceTimersByTime(DAY);
    const { head } = await session.read('room', 0, 10);
    expect(head).toEqual({ epoch: expect.not.stringContaining(epoch), offset: 0 });
  });
});
