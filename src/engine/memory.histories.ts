import type { HistoryBounds, HistoryEntry, HistoryPage, RoomPosition } from './engine.js';
import { HEAD_LIFETIME, newEpoch } from './epoch.js';
import { Sweep } from './sweep.js';

interface History {
  readonly epoch: string;
  offset: number;
  /** Oldest first, without a gap up to `offset`. */
  entries: HistoryEntry[];
  entriesEndAt: number;
  endsAt: number;
}

/** The histories of rooms. What is over is forgotten when somebody asks, and now and then. */
export class MemoryHistories {
  private readonly histories = new Map<string, History>();
  private readonly sweep = new Sweep();

  append(room: string, frame: Buffer, { size, ttl }: HistoryBounds): HistoryEntry {
    const history = this.of(room);
    const entry = { epoch: history.epoch, offset: ++history.offset, frame };
    history.entries.push(entry);
    if (history.entries.length > size) history.entries.splice(0, history.entries.length - size);
    history.entriesEndAt = Date.now() + ttl;
    history.endsAt = history.entriesEndAt + HEAD_LIFETIME;
    return entry;
  }

  read(room: string, offset: number, limit: number): HistoryPage {
    const history = this.of(room);
    const { entries } = history;
    const first = Math.max(0, offset + 1 - (entries[0]?.offset ?? 0));
    return { head: headOf(history), entries: entries.slice(first, first + limit) };
  }

  private of(room: string): History {
    const now = Date.now();
    this.sweep.ifDue(now, () => this.forgetWhatEnded(now));
    const history = this.histories.get(room);
    if (!history || now >= history.endsAt) return this.begin(room, now);
    if (now >= history.entriesEndAt) history.entries = [];
    // Whoever reads a room goes by its epoch.
    history.endsAt = Math.max(history.endsAt, now + HEAD_LIFETIME);
    return history;
  }

  private begin(room: string, now: number): History {
    const endsAt = now + HEAD_LIFETIME;
    const history = { epoch: newEpoch(), offset: 0, entries: [], entriesEndAt: endsAt, endsAt };
    this.histories.set(room, history);
    return history;
  }

  private forgetWhatEnded(now: number): void {
    for (const [room, history] of this.histories) {
      if (now >= history.endsAt) this.histories.delete(room);
      else if (now >= history.entriesEndAt) history.entries = [];
    }
  }
}

function headOf({ epoch, offset }: History): RoomPosition {
  return { epoch, offset };
}
