import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** The channels that a node wants to hear, whatever link there is. */
export class RedisChannels {
  private readonly wanted = new Set<string>();

  constructor(private readonly keys: RedisKeys) {}

  has(channel: string): boolean {
    return this.wanted.has(channel);
  }

  /** From now on it is wanted, even if there is no link that could say so to Redis. */
  want(channel: string): void {
    this.wanted.add(channel);
  }

  unwant(channel: string): void {
    this.wanted.delete(channel);
  }

  /** Has a new link hear all of them, those too that are wanted while it does. */
  async restore(link: RedisLink): Promise<void> {
    const heard = new Set<string>();
    for (;;) {
      const missing = [...this.wanted].filter((channel) => !heard.has(channel));
      if (missing.length === 0) break;
      await link.subscribe(missing.map((channel) => this.keys.channel(channel)));
      for (const channel of missing) heard.add(channel);
    }
    const unwanted = [...heard].filter((channel) => !this.wanted.has(channel));
    if (unwanted.length === 0) return;
    await link.unsubscribe(unwanted.map((channel) => this.keys.channel(channel)));
  }
}
