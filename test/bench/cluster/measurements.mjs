// What is measured of a cluster. Each resolves with figures of one round.
import { figuresOf } from '../measure.mjs';
import { median } from '../statistics.mjs';
import { authKey, startChild, withCluster, withLoad } from './with-cluster.mjs';

/** How many processes a cluster has. */
export const NODES = 4;
/** Frames that the history is measured with: sealed messages of about 256 B. */
const FRAME_BYTES = 330;

const ours = { server: 'ours', dialect: 'sockets', encrypted: true, version: 2 };
const socketIo = { server: 'socket-io', dialect: 'socketIo', encrypted: false };

/** Who broadcasts. The first one is what the second one is compared with. */
export const broadcasters = {
  alone: { ...ours, title: 'nestjs-sockets, 1 process, no engine', nodes: 1, hasRedis: false },
  ours: { ...ours, title: `nestjs-sockets, ${NODES} processes, redisEngine`, nodes: NODES },
  shared: {
    ...ours,
    title: `nestjs-sockets, ${NODES} processes, redisEngine, sharedBroadcast`,
    nodes: NODES,
    settings: { sharedBroadcast: true },
  },
  /** What it costs to be several processes at all. */
  apart: {
    ...ours,
    title: `nestjs-sockets, ${NODES} processes, no engine, each is told`,
    nodes: NODES,
    hasRedis: false,
    load: { announcers: NODES },
  },
  pubSub: {
    ...socketIo,
    title: `socket.io plain, ${NODES} processes, Redis adapter`,
    nodes: NODES,
    settings: { adapter: 'pubSub' },
  },
  streams: {
    ...socketIo,
    title: `socket.io plain, ${NODES} processes, Redis streams adapter`,
    nodes: NODES,
    settings: { adapter: 'streams' },
  },
};

async function measureLoad(cluster, load, options) {
  const { nodeArguments, onEnd, seconds, warmUp } = options;
  return withCluster({ ...cluster, nodeArguments }, async ({ servers, ports, pids, redis }) => {
    const { dialect, encrypted, version } = cluster;
    const target = { ports, pid: pids, beside: redis ? [redis.pid] : [] };
    const job = {
      ...target,
      dialect,
      encrypted,
      version,
      seconds,
      warmUp,
      ...load,
      ...cluster.load,
    };
    return withLoad(job, async (child) => {
      const figures = await figuresOf(child, servers[0]);
      await onEnd?.(servers);
      return figures;
    });
  });
}

/** Microseconds of all servers, and of Redis, for each delivery. */
export function measureBroadcast(broadcaster, { connections }, options) {
  const load = { kind: 'broadcast', connections, bytes: 256 };
  return measureLoad(broadcaster, load, options);
}

/** Microseconds for each message that the first node sends to clients of the others, and how many a second. */
export async function measureSendTo({ receivers, batch }, options) {
  const load = { kind: 'sendTo', connections: receivers, batch, bytes: 64 };
  const figures = await measureLoad(broadcasters.ours, load, options);
  const { count, from, to } = figures;
  return { ...figures, perSecond: (count * 1e6) / (to - from) };
}

/** Microseconds of Redis for each frame, by what it was given to the engine with. */
export async function measureHistory({ nodes, depth }, { seconds, warmUp }) {
  return withCluster({ nodes: 0 }, async ({ redis }) => {
    const child = startChild('history-process.mjs');
    try {
      const { url, pid: redisPid } = redis;
      child.send({ url, redisPid, nodes, depth, bytes: FRAME_BYTES, seconds, warmUp });
      const { figures } = await child.next();
      return { publish: median(figures.publish), append: median(figures.append) };
    } finally {
      await child.kill();
    }
  });
}

/** Bytes for each that is in a room: of the heap and resident, in one room and in several. */
export async function measureMembers({ count, rooms, options: roomOptions }) {
  const settings = { rooms: { 'bench:*': roomOptions } };
  return withCluster({ ...ours, nodes: 1, settings }, ({ servers, ports, pids }) => {
    const [server] = servers;
    const target = { ports, pid: pids, authKey, ...ours };
    const job = { ...target, kind: 'members', count, rooms, prefix: 'bench' };
    return withLoad(job, (load) => figuresOf(load, server));
  });
}
