import {
  roomChannel,
  type Beat,
  type EngineListener,
  type EngineSession,
  type HistoryBounds,
  type HistoryPage,
  type RoomMember,
  type RoomPosition,
} from './engine.js';
import type { MemoryHub, Subscriber } from './memory.hub.js';
import { unavailable } from './unavailable.js';

/** One application's part of an engine in memory. */
export class MemorySession implements EngineSession, Subscriber {
  private readonly channels = new Set<string>();
  private isClosed = false;

  constructor(
    private readonly hub: MemoryHub,
    readonly node: number,
    readonly listener: EngineListener,
  ) {
    hub.join(this);
    hub.presence.open(node);
  }

  hears(channel: string): boolean {
    return this.channels.has(channel);
  }

  async publish(channel: string, frame: Buffer): Promise<void> {
    this.assertOpen();
    // The caller may use its buffer again.
    const copy = Buffer.from(frame);
    this.hub.publish(channel, (listener) => listener.onFrame(channel, copy));
  }

  async subscribe(channel: string): Promise<void> {
    this.assertOpen();
    this.channels.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.assertOpen();
    this.channels.delete(channel);
  }

  async append(room: string, frame: Buffer, bounds: HistoryBounds): Promise<RoomPosition> {
    this.assertOpen();
    const entry = this.hub.histories.append(room, Buffer.from(frame), bounds);
    this.hub.publish(roomChannel(room), (listener) => listener.onEntry(room, entry));
    return { epoch: entry.epoch, offset: entry.offset };
  }

  async read(room: string, offset: number, limit: number): Promise<HistoryPage> {
    this.assertOpen();
    return this.hub.histories.read(room, offset, limit);
  }

  async enter(member: RoomMember, value: Buffer): Promise<void> {
    this.assertOpen();
    this.hub.presence.enter(member, Buffer.from(value));
  }

  async exit(member: RoomMember): Promise<void> {
    this.assertOpen();
    this.hub.presence.exit(member);
  }

  async members(room: string): Promise<ReadonlyMap<number, Buffer>> {
    this.assertOpen();
    return this.hub.presence.members(room);
  }

  async beat(): Promise<Beat> {
    this.assertOpen();
    const { presence } = this.hub;
    return { wasAlive: true, nodes: presence.livingNodes, left: presence.takeLeft() };
  }

  async claim(key: string, ttl: number): Promise<boolean> {
    this.assertOpen();
    return this.hub.claims.claim(key, ttl);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.channels.clear();
    this.hub.leave(this);
    this.hub.presence.close(this.node);
  }

  private assertOpen(): void {
    if (this.isClosed) throw unavailable('is closed');
  }
}
