import type { EngineListener, EngineSession, SocketsEngine } from './engine.js';
import { MemoryHub } from './memory.hub.js';
import { MemorySession } from './memory.session.js';

/** The number of a process of its own: its clients' ids are 1, 2, 3. */
const ALONE = 0;

/** What the applications share that are given the same one. */
class MemoryEngine implements SocketsEngine {
  readonly isShared = true;
  private readonly hub = new MemoryHub();
  private lastNode = ALONE;

  async connect(listener: EngineListener): Promise<EngineSession> {
    return new MemorySession(this.hub, ++this.lastNode, listener);
  }
}

/** What a process of its own has instead of an engine. */
class LocalEngine implements SocketsEngine {
  readonly isShared = false;

  // Each application is alone, even where two of them are given the same engine.
  async connect(listener: EngineListener): Promise<EngineSession> {
    return new MemorySession(new MemoryHub(), ALONE, listener);
  }
}

/**
 * A cluster within one process, for tests: the applications that are given the same engine behave as
 * nodes 1, 2, 3 and so on. Nothing of it outlives the process.
 */
export function memoryEngine(): SocketsEngine {
  return new MemoryEngine();
}

/** The default: an application of its own, which is node 0 and has no others. */
export function localEngine(): SocketsEngine {
  return new LocalEngine();
}
