import {
  roomChannel,
  type Beat,
  type EngineListener,
  type EngineSession,
  type HistoryBounds,
  type HistoryPage,
  type RoomMember,
  type RoomPosition,
} from '../engine/engine.js';
import { HEAD_LIFETIME, newEpoch } from '../engine/epoch.js';
import { unavailable } from '../engine/unavailable.js';
import { OutageLog, reasonOf } from './outage.log.js';
import { publishedFrame, readPublished } from './published.js';
import { entriesOf } from './packed-frames.js';
import { pairs } from './pairs.js';
import { RedisAppends, type AppendBatch } from './redis.appends.js';
import { RedisChannels } from './redis.channels.js';
import type { ConnectionFactory } from './redis.client.js';
import { RedisConnector, type ConnectorOwner } from './redis.connector.js';
import type { RedisKeys } from './redis.keys.js';
import { RedisLease } from './redis.lease.js';
import type { RedisLink } from './redis.link.js';
import { SCRIPTS } from './redis.scripts.js';
import type { RedisTiming } from './redis.timing.js';

const ROOM_CHANNEL = roomChannel('');

/** One node's part of a cluster that shares a Redis. */
export class RedisSession implements EngineSession, ConnectorOwner {
  private readonly log = new OutageLog();
  private readonly connector: RedisConnector;
  private readonly channels: RedisChannels;
  private readonly lease: RedisLease;
  private readonly appends = new RedisAppends((batch) => this.store(batch));
  private closing: Promise<void> | undefined;

  constructor(
    connect: ConnectionFactory,
    private readonly keys: RedisKeys,
    timing: RedisTiming,
    private readonly listener: EngineListener,
  ) {
    this.connector = new RedisConnector(connect, timing, this.log, this);
    this.channels = new RedisChannels(keys);
    this.lease = new RedisLease(keys, timing.lease);
  }

  get node(): number {
    return this.lease.node;
  }

  /** Rejects with whatever kept it from connecting; nothing is left behind then. */
  start(): Promise<void> {
    return this.connector.start();
  }

  async publish(channel: string, frame: Buffer): Promise<void> {
    const args = ['PUBLISH', this.keys.channel(channel), publishedFrame(frame)];
    await this.use((link) => link.send(args));
  }

  async subscribe(channel: string): Promise<void> {
    this.channels.want(channel);
    await this.use((link) => link.subscribe([this.keys.channel(channel)]));
  }

  async unsubscribe(channel: string): Promise<void> {
    this.channels.unwant(channel);
    await this.use((link) => link.unsubscribe([this.keys.channel(channel)]));
  }

  append(room: string, frame: Buffer, bounds: HistoryBounds): Promise<RoomPosition> {
    return this.appends.append(room, frame, bounds);
  }

  async read(room: string, offset: number, limit: number): Promise<HistoryPage> {
    const args = [offset + 1, limit, HEAD_LIFETIME].map(String);
    const reply = await this.runInRoom(SCRIPTS.READ, room, args);
    const [epochBytes, newest, found] = reply as [Buffer, number, Buffer[]];
    const epoch = epochBytes.toString();
    const entries = pairs(found)
      .flatMap(([last, packed]) => entriesOf(epoch, Number(last), packed))
      .filter((entry) => entry.offset > offset)
      .slice(0, limit);
    return { head: { epoch, offset: newest }, entries };
  }

  async enter({ room, id }: RoomMember, value: Buffer): Promise<void> {
    const { nodes } = this.keys;
    const keys = [nodes, this.keys.membersOfRoom(room), this.keys.membersOfNode(this.node)];
    const args = [String(this.node), String(id), room, value];
    await this.use((link) => link.runScript(SCRIPTS.ENTER, keys, args));
  }

  async exit({ room, id }: RoomMember): Promise<void> {
    const keys = [this.keys.membersOfRoom(room), this.keys.membersOfNode(this.node)];
    await this.use((link) => link.runScript(SCRIPTS.EXIT, keys, [String(id), room]));
  }

  async members(room: string): Promise<ReadonlyMap<number, Buffer>> {
    const keys = [this.keys.nodes, this.keys.membersOfRoom(room)];
    const reply = await this.use((link) =>
      link.runScript(SCRIPTS.MEMBERS, keys, [this.lease.isYoung(link) ? '1' : '0']),
    );
    return new Map(pairs(reply as Buffer[]).map(([id, value]) => [Number(id), value]));
  }

  async beat(): Promise<Beat> {
    return this.use(async (link) => {
      // First, since whom dead nodes left is told only once.
      await link.check();
      return this.lease.beat(link);
    });
  }

  async claim(key: string, ttl: number): Promise<boolean> {
    const args = ['SET', this.keys.seen(key), '1', 'NX', 'PX', String(ttl)];
    return (await this.use((link) => link.send(args))) !== null;
  }

  close(): Promise<void> {
    this.appends.flush();
    return (this.closing ??= this.endLeaseAndClose());
  }

  async prepare(link: RedisLink): Promise<void> {
    await this.lease.hold(link);
    await this.channels.restore(link);
  }

  onAvailable(isAvailable: boolean): void {
    if (this.closing) return;
    this.tell(() => this.listener.onAvailable(isAvailable));
  }

  onMessage(fullChannel: string, message: Buffer): void {
    const channel = this.keys.withoutPrefix(fullChannel);
    const { frame, entries = [] } = readPublished(message) ?? {};
    if (this.closing || !this.channels.has(channel)) return;
    if (frame) return this.tell(() => this.listener.onFrame(channel, frame));
    if (!channel.startsWith(ROOM_CHANNEL)) return;
    const room = channel.slice(ROOM_CHANNEL.length);
    for (const entry of entries) this.tell(() => this.listener.onEntry(room, entry));
  }

  private async store({ room, bounds, count, packed }: AppendBatch): Promise<RoomPosition> {
    const { size, ttl } = bounds;
    const numbers = [count, size, ttl, ttl + HEAD_LIFETIME].map(String);
    const channel = this.keys.channel(roomChannel(room));
    const reply = await this.runInRoom(SCRIPTS.APPEND, room, [...numbers, channel, packed]);
    const [epoch, offset] = reply as [Buffer, number];
    return { epoch: epoch.toString(), offset };
  }

  // What throws in a listener would end the connection that called it.
  private tell(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.log.listenerFailed(error);
    }
  }

  private async runInRoom(
    script: (typeof SCRIPTS)['APPEND' | 'READ'],
    room: string,
    args: (string | Buffer)[],
  ): Promise<unknown> {
    const keys = [this.keys.log(room), this.keys.head(room)];
    return this.use((link) => link.runScript(script, keys, [newEpoch(), link.run, ...args]));
  }

  private async use<T>(action: (link: RedisLink) => Promise<T>): Promise<T> {
    // What was to be appended before goes first.
    this.appends.flush();
    if (this.closing) throw unavailable('is closed');
    const link = this.connector.current;
    try {
      return await action(link);
    } catch (error) {
      throw unavailable(`has failed (${reasonOf(error)})`, error);
    }
  }

  private async endLeaseAndClose(): Promise<void> {
    try {
      await this.lease.end(this.connector.current);
    } catch {
      // It runs out by itself.
    }
    this.connector.close();
  }
}
