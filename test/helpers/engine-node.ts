import type {
  EngineListener,
  EngineSession,
  HistoryEntry,
  SocketsEngine,
} from '../../src/engine/engine.js';
import { MessageQueue } from './message-queue.js';
import { until as untilTrue } from './until.js';

const MILLISECONDS_TO_ANSWER = 20_000;

/** What a node's listener was told, to be awaited. */
export class EngineRecorder implements EngineListener {
  readonly frames = new MessageQueue<{ channel: string; text: string }>();
  readonly entries = new MessageQueue<HistoryEntry & { room: string }>();
  readonly availability = new MessageQueue<boolean>();
  /** The texts of both frames and entries, in the order in which they came. */
  readonly texts: string[] = [];

  onFrame(channel: string, frame: Buffer): void {
    this.texts.push(frame.toString('latin1'));
    this.frames.push({ channel, text: frame.toString('latin1') });
  }

  onEntry(room: string, entry: HistoryEntry): void {
    this.texts.push(entry.frame.toString('latin1'));
    this.entries.push({ room, ...entry });
  }

  onAvailable(isAvailable: boolean): void {
    this.availability.push(isAvailable);
  }
}

/** A node that a test plays: a session, and what it heard. */
export interface EngineNode {
  readonly session: EngineSession;
  readonly heard: EngineRecorder;
}

export async function connectNode(engine: SocketsEngine): Promise<EngineNode> {
  const heard = new EngineRecorder();
  return { session: await engine.connect(heard), heard };
}

/** Asks again and again until the answer is as expected. */
export async function until<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  what: string,
): Promise<T> {
  let answer: T;
  await untilTrue(async () => isExpected((answer = await ask())), what, MILLISECONDS_TO_ANSWER);
  return answer!;
}
