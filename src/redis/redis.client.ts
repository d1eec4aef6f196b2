import { attempt } from '../logging/message-of.js';
import { SocketsError } from '../protocol/sockets.errors.js';

/**
 * A client of the package `redis`, as its `createClient()` returns it. Only what tells it from others
 * is named here, so that the types of this package need nothing of it.
 */
export interface RedisClient {
  /** Whether it can be used now. */
  readonly isReady: boolean;
  /** Whether it has subscriptions. */
  readonly isPubSubActive: boolean;
  /** Another client with the same options: the engine uses such, and never the given one. */
  duplicate(): object;
  /** Ends it at once. */
  destroy(): void;
}

/** What connections are made from. */
export type RedisSource = { readonly url: string } | { readonly client: RedisClient };

/** What a command consists of. */
export type CommandArguments = readonly (string | Buffer)[];

type MessageListener = (message: Buffer, channel: Buffer) => void;

/** What is used of a client of the engine's own: the same in all versions of the package from 5 on. */
export interface RedisConnection {
  connect(): Promise<unknown>;
  sendCommand(args: CommandArguments, options: object): Promise<unknown>;
  subscribe(channels: string[], listener: MessageListener, asBuffers: true): Promise<void>;
  unsubscribe(channels: string[], listener: MessageListener, asBuffers: true): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  destroy(): void;
}

/** How long connections may take, and what ends them at any time, even while they are being made. */
export interface ConnectionBounds {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export type ConnectionFactory = (bounds: ConnectionBounds) => RedisConnection;

/** What the engine relies on, whatever the options of a given client are. */
const OWN_OPTIONS = {
  disableOfflineQueue: true,
  commandsQueueMaxLength: undefined,
  // RedisLink has deadlines of its own, which cost less than an AbortSignal for each command.
  commandOptions: { timeout: undefined },
  pingInterval: undefined,
  clientSideCache: undefined,
  emitInvalidate: undefined,
  readonly: undefined,
  keyPrefix: undefined,
  maintNotifications: 'disabled',
};

/** A client that can be duplicated: no cluster, pool or sentinel, and none of version 4. */
export function isRedisClient(value: unknown): boolean {
  const client = Object(value) as Partial<Record<keyof RedisClient, unknown>>;
  return (
    typeof client.duplicate === 'function' &&
    typeof client.destroy === 'function' &&
    typeof client.isPubSubActive === 'boolean'
  );
}

/**
 * Loads the package `redis` if it is needed.
 * @throws SocketsError `ENGINE_UNAVAILABLE`
 */
export async function connectionsOf(source: RedisSource): Promise<ConnectionFactory> {
  if ('client' in source) return (bounds) => duplicate(source.client, bounds);
  const redis = await importRedis();
  const { url } = source;
  return (bounds) => redis.createClient({ ...OWN_OPTIONS, url, socket: socketOptions(bounds) });
}

/** Where the server is, for people: host and port, and no secrets. */
export function addressOf(source: RedisSource): string {
  if ('url' in source) return new URL(source.url).host;
  const { socket } = optionsOf(source.client);
  return attempt(() => socket?.path ?? `${socket?.host ?? 'localhost'}:${socket?.port ?? 6379}`)!;
}

interface ClientOptions {
  readonly socket?: { readonly path?: string; readonly host?: string; readonly port?: number };
}

function optionsOf(client: RedisClient): ClientOptions {
  return (client as { options?: ClientOptions }).options ?? {};
}

function duplicate(client: RedisClient, bounds: ConnectionBounds): RedisConnection {
  const socket = { ...optionsOf(client).socket, ...socketOptions(bounds) };
  const original = client as { duplicate(options: object): object };
  return original.duplicate({ ...OWN_OPTIONS, socket }) as RedisConnection;
}

// A connection that is lost is not mended but replaced, together with the other one: RedisLink.
function socketOptions({ timeout, signal }: ConnectionBounds): object {
  return { reconnectStrategy: false, connectTimeout: timeout, signal };
}

/** What is used of the package: the options above are of several of its versions. */
interface RedisPackage {
  createClient(options: object): RedisConnection;
}

async function importRedis(): Promise<RedisPackage> {
  try {
    const loaded: unknown = await import('redis');
    return loaded as RedisPackage;
  } catch (cause) {
    throw new SocketsError(
      'ENGINE_UNAVAILABLE',
      'redisEngine needs the package redis, which cannot be loaded. Install it: npm install redis',
      { cause },
    );
  }
}
