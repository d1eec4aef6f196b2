import type { Attributes } from '@opentelemetry/api';
import type { ServerFigures } from '../contract/telemetry.js';

type Value = readonly [value: number, attributes?: Attributes];

/** Something that a server knows of itself. */
export interface Instrument {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** `total` only grows; `sum` also shrinks, and may be added up over nodes; `gauge` may not. */
  readonly kind: 'total' | 'sum' | 'gauge';
  readonly values: (figures: ServerFigures) => readonly Value[];
}

const RECEIVED = { 'network.io.direction': 'receive' };
const SENT = { 'network.io.direction': 'transmit' };

/** What only grows. */
export const totals: readonly Instrument[] = [
  total('connections.opened', '{connection}', 'Connections that were made', ({ opened }) => [
    [opened],
  ]),
  total('authentications', '{connection}', 'Connections that were authenticated', (it) => [
    [it.authentications],
  ]),
  total('refusals', '{refusal}', 'Refused upgrades and violations, by reason', ({ refused }) =>
    Object.entries(refused).map(([reason, count]) => [count, { reason }]),
  ),
  total('messages', '{message}', 'Messages received and sent', (it) => [
    [it.messagesIn, RECEIVED],
    [it.messagesOut, SENT],
  ]),
  total('io', 'By', 'Bytes of messages, envelopes included', (it) => [
    [it.bytesIn, RECEIVED],
    [it.bytesOut, SENT],
  ]),
  total('pushes.dropped', '{message}', 'Pushes lost to peers that did not read', (it) => [
    [it.dropped],
  ]),
  total('cluster.frames', '{frame}', 'Frames published to the engine, and taken from it', (it) => [
    [it.cluster.framesIn, RECEIVED],
    [it.cluster.framesOut, SENT],
  ]),
  total('cluster.frames.lost', '{frame}', 'Frames that did not get through, by reason', (it) => [
    [it.cluster.framesDropped, { reason: 'dropped' }],
    [it.cluster.framesRejected, { reason: 'rejected' }],
    [it.cluster.framesSkipped, { reason: 'skipped' }],
  ]),
  total('rooms.gaps', '{gap}', 'How often members missed messages for good', (it) => [
    [it.cluster.gaps],
  ]),
];

/** What it has now. */
export const gauge: readonly Instrument[] = [
  sum('connections', '{connection}', 'Open connections', ({ connections, authenticated }) => [
    [authenticated, { state: 'authenticated' }],
    [connections - authenticated, { state: 'unauthenticated' }],
  ]),
  sum('handlers.in_flight', '{call}', 'Handlers at work', ({ load }) => [[load.handlersInFlight]]),
  sum('messages.waiting', '{message}', 'Messages that wait for a handler or their turn', (it) => [
    [it.load.messagesWaiting],
  ]),
  sum('send.waiting', 'By', 'Bytes that wait until peers take them', ({ load }) => [
    [load.bytesToSend],
  ]),
  sum('rooms', '{room}', 'Rooms with members on this node', ({ load }) => [[load.rooms]]),
  {
    ...sum('cluster.nodes', '{node}', 'Nodes that live', ({ cluster }) => [[cluster.nodes]]),
    kind: 'gauge',
  },
  {
    ...sum('engine.available', '1', 'Whether the engine can be reached', ({ cluster }) => [
      [cluster.isAvailable ? 1 : 0],
    ]),
    kind: 'gauge',
  },
];

function total(
  name: string,
  unit: string,
  description: string,
  values: Instrument['values'],
): Instrument {
  return { name: `nestjs_sockets.${name}`, unit, description, kind: 'total', values };
}

function sum(...given: Parameters<typeof total>): Instrument {
  return { ...total(...given), kind: 'sum' };
}
