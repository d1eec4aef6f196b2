import { createClient } from 'redis';
import { SocketClient, type SocketClientOptions } from '../../../src/client/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { RoomRules, type RoomsOptions } from '../../../src/options/room-options.js';
import { MessageQueue } from '../../helpers/message-queue.js';
import { RedisServer } from '../../helpers/redis-server.js';
import { NodeCluster } from './node-cluster.js';
import { Random } from './random.js';

/** Something that a member of rooms heard: `move`, or the event and what came with it. */
export interface HeardEvent {
  readonly event: 'move' | 'room' | 'joined' | 'left' | 'disconnect' | 'reconnected';
  readonly what: unknown;
}

const EVENTS = ['room', 'joined', 'left', 'disconnect', 'reconnected'] as const;
/** Far more than anything takes, for a machine that is slow or busy. */
export const LONG = 45_000;

/** A client of a cluster in trouble, and what it hears. */
export class SceneClient {
  readonly heard = new MessageQueue<HeardEvent>();
  readonly client: SocketClient;

  constructor(options: SocketClientOptions) {
    this.client = new SocketClient({ reconnect: { baseDelay: 50, maxDelay: 500 }, ...options });
    this.client.on('move', (what: unknown) => this.heard.push({ event: 'move', what }));
    for (const event of EVENTS) {
      this.client.events.on(event, (what?: unknown) => this.heard.push({ event, what }));
    }
  }

  /** Resolves when it was told that it is in these rooms. */
  async untilIn(rooms: readonly string[]): Promise<void> {
    const missing = new Set(rooms);
    await new Promise<void>((resolve) => {
      const leave = (room?: string) => {
        if (room !== undefined) missing.delete(room);
        if (missing.size === 0) resolve();
      };
      this.client.events.on('room', ({ room }) => leave(room));
      leave();
    });
  }

  /** The next of its kind, whatever else was heard before. */
  async next(event: HeardEvent['event']): Promise<unknown> {
    const isOne = (heard: HeardEvent) => heard.event === event;
    return (await this.heard.nextMatching(isOne, `"${event}"`, LONG)).what;
  }
}

/** Clusters for the tests of the calling file, which end with each of them. */
export function useClusters() {
  const cleanUp = useCleanUp();
  return async (nodes: number, rooms: RoomsOptions) => {
    const redis = await RedisServer.start();
    cleanUp(() => redis.stop());
    const cluster = await NodeCluster.start(redis, nodes, rooms, new Random(1));
    cleanUp(() => cluster.stop());
    /** @param node Which one; else any that the load balancer picks */
    const connect = async (name: string, joined: readonly string[], node?: number) => {
      const { port } = node === undefined ? { port: 0 } : cluster.nodes[node]!;
      const address = port === 0 ? cluster.address : `ws://127.0.0.1:${port}`;
      const member = new SceneClient({
        address,
        authKey: AUTH_KEY,
        authData: {
          name,
          rooms: joined,
          members: joined.every((room) => new RoomRules(rooms).optionsOf(room).presence !== false),
        },
      });
      cleanUp(() => member.client.close());
      const inPlace = member.untilIn(
        joined.filter((room) => new RoomRules(rooms).optionsOf(room).history > 0),
      );
      await member.client.connect();
      await inPlace;
      return member;
    };
    /** Somebody else at the same Redis. */
    const stranger = async () => {
      const client = createClient({ url: redis.url });
      client.on('error', () => undefined);
      await client.connect();
      cleanUp(() => client.destroy());
      return client;
    };
    return { redis, cluster, connect, stranger };
  };
}
