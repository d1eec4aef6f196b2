// What is measured, against what. Sizes and counts are part of a scenario's name.

/**
 * @typedef {import('./servers/server-process.mjs').ServerSettings} ServerSettings
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} server the file in servers/
 * @property {string} dialect
 * @property {boolean} encrypted
 * @property {Record<string, unknown>} [load] what its load has beyond the scenario's
 * @property {Partial<ServerSettings>} [settings]
 * @property {URL} [place] the folder of the package, where it is another one
 *
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {Contender[]} contenders
 * @property {Record<string, unknown>} load
 * @property {Partial<ServerSettings>} [settings]
 * @property {'comparison' | 'workers' | 'hall' | 'growth' | 'client' | 'version2'} table
 * @property {Record<string, unknown>} [beside] the load of light clients at the same time
 * @property {number} [times] how much longer than others it is warmed up and measured
 * @property {number} [point] where in a growth scenario this is
 */

/** @type {Contender} */
export const ours = { name: 'nestjs-sockets', server: 'ours', dialect: 'sockets', encrypted: true };
/** @type {Contender} */
export const byHand = {
  name: 'ws + AES by hand',
  server: 'ws-by-hand',
  dialect: 'sockets',
  encrypted: true,
};
/** @type {Contender} */
export const nestPlain = {
  name: 'Nest plain',
  server: 'nest-plain',
  dialect: 'nest',
  encrypted: false,
};
const wsPlain = { name: 'ws plain', server: 'ws-plain', dialect: 'sockets', encrypted: false };
const socketIo = {
  name: 'socket.io plain',
  server: 'socket-io',
  dialect: 'socketIo',
  encrypted: false,
};

/** The contenders of the comparison, in the order of its columns. */
export const contenders = [ours, byHand, nestPlain, socketIo, wsPlain];

const fiftyTimesEight = { kind: 'requests', connections: 50, pipeline: 8 };

/** @type {Scenario} */
export const burst = {
  name: 'burst-50x8-64',
  title: 'Burst, 50 connections × 8 in flight, 64 B',
  unit: 'µs/message',
  table: 'comparison',
  contenders,
  load: { ...fiftyTimesEight, drive: 'burst', bytes: 64 },
};

/** @type {Scenario} */
const largeEcho = {
  name: 'echo-50x8-1024',
  title: 'Echo, 50 × 8, 1 KiB',
  unit: 'µs/message',
  table: 'comparison',
  contenders,
  load: { ...fiftyTimesEight, drive: 'window', bytes: 1024 },
};

/** What the cost of the limits is measured in; the window against replays is for random ivs. */
export const limitScenarios = [
  { title: '50 connections × 8 in flight, 64 B', load: { bytes: 64 } },
  { title: '50 × 8, 64 B, random ivs', load: { bytes: 64, randomIvs: true } },
  { title: '50 × 8, 1 KiB', load: { bytes: 1024 } },
].map(({ title, load }) => ({
  title,
  settings: { twin: true },
  load: { ...fiftyTimesEight, kind: 'pairs', ...load },
}));

/** @type {Scenario[]} */
const comparison = [
  burst,
  {
    name: 'echo-50x8-64',
    title: 'Echo, 50 × 8, 64 B',
    unit: 'µs/message',
    table: 'comparison',
    contenders,
    load: { ...fiftyTimesEight, drive: 'window', bytes: 64 },
  },
  largeEcho,
  {
    name: 'guarded-50x8-64',
    title: 'Burst with a guard and `@MessageBody()`, 50 × 8, 64 B',
    unit: 'µs/message',
    table: 'comparison',
    contenders: [ours, byHand, nestPlain],
    settings: { guarded: true },
    load: { ...fiftyTimesEight, drive: 'burst', bytes: 64 },
  },
  {
    name: 'broadcast-500-256',
    title: 'Broadcast to 500, 256 B',
    unit: 'µs/delivery',
    table: 'comparison',
    contenders,
    load: { kind: 'broadcast', connections: 500, bytes: 256 },
  },
  {
    name: 'connect-500',
    title: 'Connect + authenticate',
    unit: 'µs/handshake',
    table: 'comparison',
    contenders,
    load: { kind: 'handshakes', count: 500 },
  },
  {
    name: 'idle-2000',
    title: 'Idle memory, 2,000 connections',
    unit: 'KiB/connection',
    table: 'comparison',
    contenders,
    load: { kind: 'idle', count: 2000 },
  },
];

/**
 * The same bursts whatever the number of connections: 10 of them × 8 requests, which 10 next time.
 */
const rotatingBursts = { kind: 'requests', drive: 'burst', active: 10, pipeline: 8, bytes: 64 };

/**
 * @typedef {object} Growth
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {string} axis what grows
 * @property {number[]} points
 * @property {(point: number) => Pick<Scenario, 'load' | 'settings'>} at
 */

/** @type {Growth[]} */
export const growth = [
  {
    name: 'growth-connections',
    title: 'CPU per message by connections',
    unit: 'µs/message',
    axis: 'connections, all of them in use',
    points: [10, 100, 1000, 5000],
    at: (connections) => ({ load: { ...rotatingBursts, connections } }),
  },
  {
    name: 'growth-handlers',
    title: 'CPU per message by handlers',
    unit: 'µs/message',
    axis: 'handlers, all of them in use',
    points: [1, 10, 100, 500],
    at: (handlers) => ({
      settings: { handlers },
      load: { ...fiftyTimesEight, drive: 'burst', bytes: 64, handlers },
    }),
  },
  {
    name: 'growth-broadcast',
    title: 'Broadcast, CPU per delivery',
    unit: 'µs/delivery',
    axis: 'receivers of one broadcast, 256 B',
    points: [10, 100, 1000, 5000],
    at: (connections) => ({ load: { kind: 'broadcast', connections, bytes: 256 } }),
  },
  {
    name: 'growth-memory',
    title: 'Memory per idle connection',
    unit: 'KiB/connection',
    axis: 'idle connections',
    points: [1000, 5000, 10_000],
    at: (count) => ({ load: { kind: 'idle', count } }),
  },
];

function scenariosOf({ name, title, unit, points, at }) {
  const contenders = [ours];
  return points.map((point) => ({
    name,
    title,
    unit,
    table: 'growth',
    point,
    contenders,
    ...at(point),
  }));
}

/** The clients of the client scenario. */
export const clients = [
  { ...ours, name: 'SocketClient', load: { client: 'socket-client' } },
  { ...ours, name: 'ws client by hand', load: { client: 'by-hand' } },
];

/** @type {Scenario} */
const client = {
  name: 'client-10x8-64',
  title: 'Client, 10 connections × 8 in flight, 64 B',
  unit: 'µs/request',
  table: 'client',
  contenders: clients,
  load: { kind: 'client', connections: 10, pipeline: 8, bytes: 64 },
};

/** Workers that want all they can get, beside light clients that ask now and then. */
export const workerContenders = [ours, byHand, nestPlain];
const KIB = 1024;
const workers = [
  { pipeline: 64, bytes: 64, light: 8 },
  { pipeline: 8, bytes: 64 * KIB, light: 8 },
  { pipeline: 4, bytes: 1_000_000, light: 8 },
  { pipeline: 64, bytes: 64, light: 50 },
].map(({ pipeline, bytes, light }) => ({
  name: `workers-2x${pipeline}-${bytes}-${light}`,
  title: `2 workers × ${pipeline} in flight of ${bytes} B, ${light} light clients`,
  unit: 'requests/s',
  table: 'workers',
  contenders: workerContenders,
  // Large messages are few in a second: what handles them is optimised after some hundreds.
  times: 4,
  load: { kind: 'requests', drive: 'window', connections: 2, pipeline, bytes },
  beside: { kind: 'paced', connections: light, perSecond: 20, bytes: 64 },
}));

/** @type {Scenario} */
const hall = {
  name: 'hall',
  title: 'The game hall: 2,108 games, 2 workers',
  unit: 'games/s',
  table: 'hall',
  contenders: [{ name: 'npm start' }, { name: 'its chess alone' }],
  load: { kind: 'hall' },
};

/** Version 2 of the wire, and what users would pick instead. */
const oursV2 = { ...ours, name: 'version 2', load: { version: 2 } };
const oursV1 = { ...ours, name: 'version 1', load: { version: 1 } };
const oursShared = { ...oursV2, name: 'v2, shared', settings: { sharedBroadcast: true } };
const nestOverTls = {
  ...nestPlain,
  name: 'Nest over TLS',
  load: { tls: true },
  settings: { tls: true },
};
export const versionContenders = [oursV2, oursShared, oursV1, nestPlain, nestOverTls, wsPlain];
const eachPlain = [oursV2, oursV1, nestPlain, nestOverTls, wsPlain];

const version2 = [
  {
    name: 'v2-burst-50x8-64',
    title: 'Burst, 50 × 8, 64 B',
    contenders: eachPlain,
    load: burst.load,
  },
  {
    name: 'v2-echo-50x8-64',
    title: 'Echo, 50 × 8, 64 B',
    contenders: eachPlain,
    load: { ...largeEcho.load, bytes: 64 },
  },
  {
    name: 'v2-echo-50x8-1024',
    title: 'Echo, 50 × 8, 1 KiB',
    contenders: eachPlain,
    load: largeEcho.load,
  },
  {
    name: 'v2-echo-50x1-64',
    title: 'Echo, 50 × 1, 64 B',
    contenders: eachPlain,
    load: { ...largeEcho.load, pipeline: 1, bytes: 64 },
  },
  {
    name: 'v2-broadcast-500-256',
    title: 'Broadcast to 500, 256 B',
    unit: 'µs/delivery',
    contenders: versionContenders,
    load: { kind: 'broadcast', connections: 500, bytes: 256 },
  },
  {
    name: 'v2-connect-500',
    title: 'Connect + authenticate',
    unit: 'µs/handshake',
    contenders: [oursV2, oursV1, nestPlain, nestOverTls],
    load: { kind: 'handshakes', count: 500 },
  },
  {
    name: 'v2-idle-2000',
    title: 'Idle memory, 2,000 connections',
    unit: 'KiB/connection',
    contenders: [oursV2, oursV1, nestPlain, nestOverTls],
    load: { kind: 'idle', count: 2000 },
  },
  {
    name: 'v2-client-10x8-64',
    title: 'Client process, 10 × 8, 64 B',
    unit: 'µs/request',
    contenders: [oursV2, oursV1],
    load: { ...client.load, client: 'socket-client' },
  },
].map((scenario) => ({ unit: 'µs/message', table: 'version2', ...scenario }));

/** @type {Scenario[]} */
export const scenarios = [
  ...comparison,
  ...workers,
  hall,
  client,
  ...version2,
  ...growth.flatMap(scenariosOf),
];
