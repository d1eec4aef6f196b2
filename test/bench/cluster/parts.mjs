// The parts of `--cluster`: what is measured in a round, and the lines of the table that come of it.
import { format, formatSpread, median } from '../statistics.mjs';
import {
  broadcasters,
  measureBroadcast,
  measureHistory,
  measureMembers,
  measureSendTo,
  NODES,
} from './measurements.mjs';

/**
 * @typedef {object} Line of the table
 * @property {string} what
 * @property {string} figures
 * @property {string} [compared] what is required of it, or close to that
 * @property {string} [requirement]
 * @property {boolean} [isMet]
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {Record<string, (options: object) => Promise<object>>} measurements of one round, by name
 * @property {(of: (measurement: string, figure: string) => number[]) => Line[]} lines
 */

const perCpuSecond = (microseconds) => microseconds.map((each) => 1e6 / each);

function atLeast(value, bound, requirement) {
  return { compared: format(value), requirement, isMet: value >= bound };
}

function atMost(value, bound, requirement) {
  return { compared: format(value), requirement, isMet: value <= bound };
}

function mapValues(object, change) {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(value, key)]),
  );
}

/** How deliveries per CPU second compare, by who broadcasts. */
const COMPARISONS = {
  ours: (speed) => atLeast(speed('ours') / speed('alone'), 0.9, 'at least 0.9 of one process'),
  shared: (speed) => ({ compared: format(speed('shared') / speed('alone')) }),
  apart: (speed) => ({ compared: format(speed('apart') / speed('alone')) }),
  pubSub: (speed) => againstOurs(speed, 'pubSub'),
  streams: (speed) => againstOurs(speed, 'streams'),
};

function againstOurs(speed, name) {
  const [sealed, shared] = ['ours', 'shared'].map((each) => speed(each) / speed(name));
  const verdict = atLeast(sealed, 1, 'ours more than 1.0 of it');
  return { ...verdict, compared: `${format(sealed)}; shared ${format(shared)}` };
}

/** @returns {Part} */
function broadcast({ connections }) {
  const lines = (of) =>
    Object.entries(broadcasters).map(([name, { title }]) => {
      const speed = (each) => median(perCpuSecond(of(each, 'value')));
      const redis = `Redis ${format(median(of(name, 'beside')))} µs/delivery`;
      const figures = `${formatSpread(perCpuSecond(of(name, 'value')))} /CPU s; ${redis}`;
      const line = { what: `Broadcast to ${connections}, 256 B: ${title}`, figures };
      return { ...line, ...COMPARISONS[name]?.(speed) };
    });
  const measurements = mapValues(
    broadcasters,
    (broadcaster) => (options) => measureBroadcast(broadcaster, { connections }, options),
  );
  return { name: 'broadcast', measurements, lines };
}

/** @returns {Part} */
function sendTo(size) {
  const { receivers, batch } = size;
  return {
    name: 'send-to',
    measurements: { sendTo: (options) => measureSendTo(size, options) },
    lines: (of) => {
      const cpu = `${format(median(of('sendTo', 'value')))} µs/message of all nodes`;
      const redis = `${format(median(of('sendTo', 'beside')))} of Redis`;
      const figures = `${formatSpread(of('sendTo', 'perSecond'))} /s; ${cpu}, ${redis}`;
      const what = `\`sendTo\` to ${receivers} clients of ${NODES - 1} other nodes, ${batch} a turn, 64 B`;
      const speed = median(of('sendTo', 'perSecond'));
      return [{ what, figures, ...atLeast(speed, 20_000, 'at least 20,000/s') }];
    },
  };
}

const HISTORIES = [
  { nodes: NODES, depth: 64 },
  { nodes: NODES, depth: 1 },
  { nodes: 1, depth: 64 },
];
const historyName = ({ nodes, depth }) => `history-${nodes}-${depth}`;

/** @returns {Part} */
function history() {
  const lines = (of) =>
    HISTORIES.map((setting) => {
      const name = historyName(setting);
      const [append, publish] = ['append', 'publish'].map((way) => of(name, way));
      const { nodes, depth } = setting;
      const what = `History publish, ${nodes} nodes listen, ${depth} under way`;
      const figures = `${formatSpread(append)} µs of Redis; plain ${formatSpread(publish)}`;
      const ratio = median(append) / median(publish);
      const bound = atMost(ratio, 2, 'at most 2.0 of plain');
      return { what, figures, ...(nodes === NODES ? bound : { compared: format(ratio) }) };
    });
  const measurements = HISTORIES.map((setting) => [
    historyName(setting),
    (options) => measureHistory(setting, options),
  ]);
  return { name: 'history', measurements: Object.fromEntries(measurements), lines };
}

const ROOMS = 10;
const MEMBERS = {
  plain: { title: 'plain', options: {} },
  kept: { title: 'history and presence', options: { history: 200, ttl: 300_000, presence: true } },
};

/** @returns {Part} */
function members({ count }) {
  const lines = (of) =>
    Object.entries(MEMBERS).flatMap(([name, { title }]) =>
      [1, ROOMS].map((rooms, index) => {
        const heap = of(name, 'heap').map((each) => each[index]);
        const resident = of(name, 'resident').map((each) => each[index]);
        const what = `Memory per member, ${count} in ${rooms} ${rooms === 1 ? 'room' : 'rooms'}, ${title}`;
        const figures = `${formatSpread(heap)} B of heap; resident ${formatSpread(resident)}`;
        const line = { what, figures };
        if (name !== 'plain') return { ...line, compared: format(median(heap)) };
        return { ...line, ...atMost(median(heap), 200, 'at most 200 B') };
      }),
    );
  const measurements = mapValues(
    MEMBERS,
    ({ options }) =>
      () =>
        measureMembers({ count, rooms: ROOMS, options }),
  );
  return { name: 'members', measurements, lines };
}

/** @param {{ quick: boolean }} options @returns {Part[]} */
export function clusterParts({ quick }) {
  return [
    broadcast({ connections: quick ? 100 : 1000 }),
    sendTo(quick ? { receivers: 30, batch: 60 } : { receivers: 300, batch: 300 }),
    history(),
    members({ count: quick ? 200 : 4000 }),
  ];
}
