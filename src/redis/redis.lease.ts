import { randomInt } from 'node:crypto';
import { MAX_NODES, type Beat, type LostMember } from '../engine/engine.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import { pairs } from './pairs.js';
import { SCRIPTS } from './redis.scripts.js';

const CANDIDATES = 16;
const NONE = 0;
// Of dead nodes in one beat: so many take Redis some 10 ms.
const MOST_TO_REMOVE = 5_000;

/** The number of a node, which is its own as long as it shows signs of life. */
export class RedisLease {
  /** From the first `hold` on. */
  node = NONE;
  /** Whether something that was to be written or removed may have got lost with a link. */
  private isUncertain = false;

  constructor(
    private readonly keys: RedisKeys,
    private readonly duration: number,
  ) {}

  /** Takes a number over the first link, and renews the lease over each one after it. */
  async hold(link: RedisLink): Promise<void> {
    if (this.node === NONE) return this.takeNumber(link);
    this.isUncertain = true;
    const args = [String(this.duration), String(this.node)];
    await link.runScript(SCRIPTS.RENEW_LEASE, [this.keys.nodes], args);
  }

  async beat(link: RedisLink): Promise<Beat> {
    const wasUncertain = this.isUncertain;
    this.isUncertain = false;
    try {
      return await this.tryToBeat(link, wasUncertain);
    } catch (error) {
      this.isUncertain ||= wasUncertain;
      throw error;
    }
  }

  /** Leaves what was written to the next beat of another node. */
  async end(link: RedisLink): Promise<void> {
    const args = [this.keys.prefix, String(this.node)];
    await link.runScript(SCRIPTS.END_LEASE, [this.keys.nodes], args);
  }

  /** Whether leases of others may have run out because nobody could renew any. */
  isYoung(link: RedisLink): boolean {
    return performance.now() - link.openedAt < this.duration;
  }

  private async takeNumber(link: RedisLink): Promise<void> {
    const candidates = Array.from({ length: CANDIDATES }, () => String(randomInt(1, MAX_NODES)));
    const args = [String(this.duration), ...candidates];
    const node = (await link.runScript(SCRIPTS.TAKE_NUMBER, [this.keys.nodes], args)) as number;
    if (node === NONE) throw new Error('no number is free for another node');
    this.node = node;
  }

  private async tryToBeat(link: RedisLink, mustForget: boolean): Promise<Beat> {
    const args = [
      this.keys.prefix,
      String(this.node),
      String(this.duration),
      mustForget ? '1' : '0',
      this.isYoung(link) ? '1' : '0',
      String(MOST_TO_REMOVE),
    ];
    const reply = await link.runScript(SCRIPTS.BEAT, [this.keys.nodes], args);
    const [wasAlive, nodes, left] = reply as [number, Buffer[], Buffer[]];
    const members = pairs(left).flatMap(([member, value]) => memberFrom(member, value));
    return { wasAlive: wasAlive === 1, nodes: nodes.map(Number), left: members };
  }
}

function memberFrom(bytes: Buffer, value: Buffer): LostMember[] {
  const [, id, room] = /^(\d+) (.+)$/s.exec(bytes.toString()) ?? [];
  return id === undefined || room === undefined ? [] : [{ room, id: Number(id), value }];
}
