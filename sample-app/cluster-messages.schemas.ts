import { z } from 'zod';
import type { HandOut, Heard, Judged, Peer } from './cluster-messages.js';
import type { ClusterView, LiveNode } from './live-view.js';
import { COUNT, GAME, LIVE_VIEW, VERDICT } from './messages.schemas.js';

/** The same messages for the document of a node, and for tests of what is really sent. */

export const CLIENT_ID = COUNT.describe('Of a connection, over all nodes');

export const PEER = z.object({
  id: CLIENT_ID,
  node: COUNT,
  since: COUNT.describe('Milliseconds since 1970'),
  role: z.string(),
  name: z.string(),
  version: z.int().describe('Of the wire'),
}) satisfies z.ZodType<Peer>;

export const GAMES = z.object({ games: z.array(GAME) });

export const HAND_OUT = GAMES.extend({ worker: CLIENT_ID }) satisfies z.ZodType<HandOut>;

const GAME_IDS = z.array(COUNT);

export const HEARD = z.object({
  valid: GAME_IDS,
  invalid: GAME_IDS,
  failed: GAME_IDS.describe('No verdict came back'),
}) satisfies z.ZodType<Heard>;

export const JUDGED = z.object({ gameId: COUNT, verdict: VERDICT }) satisfies z.ZodType<Judged>;

const LIVE_NODE = z.object({
  number: COUNT,
  name: z.string(),
  isUp: z.boolean(),
  peers: z.array(z.string()),
}) satisfies z.ZodType<LiveNode>;

export const CLUSTER_VIEW = LIVE_VIEW.extend({
  number: COUNT.describe('Counts up by one'),
  nodes: z.array(LIVE_NODE),
}) satisfies z.ZodType<ClusterView>;
