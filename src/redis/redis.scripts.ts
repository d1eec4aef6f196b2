import { createHash } from 'node:crypto';

/** A script that Redis runs in one step. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

function script(text: string): RedisScript {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// A node whose lease is not above it is dead. Who has just connected cannot know whether leases ran out
// because Redis was away: it believes in all who did not end theirs themselves (0).
const THRESHOLD = `${NOW}
local threshold = now
if isYoung == '1' then threshold = 0 end`;

// Removes what a node wrote, so much of it at once that nobody has to wait for long.
const FORGET = `
local function forget(node, count)
  local members = redis.call('SPOP', prefix .. 'node:' .. node .. ':members', count)
  local values = {}
  for i, member in ipairs(members) do
    local id, room = string.match(member, '^(%d+) (.+)$')
    local key = prefix .. 'room:' .. (room or '') .. ':members'
    values[i] = id and redis.call('HGET', key, id) or ''
    if id then redis.call('HDEL', key, id) end
  end
  return members, values
end
local function forgetAll(node)
  while #forget(node, 1000) > 0 do end
end`;

// A server that was started again may have numbers of long ago, so its rooms begin anew. Where nothing
// is known about the run, on either side, nothing can be compared.
const OPEN_ROOM = `
local log, head = KEYS[1], KEYS[2]
local newEpoch, run = ARGV[1], ARGV[2]
local epoch, offset, lastRun = unpack(redis.call('HMGET', head, 'epoch', 'offset', 'run'))
if not epoch or not offset or (run ~= '' and lastRun ~= '' and run ~= lastRun) then
  epoch, offset, lastRun = newEpoch, 0, run
  redis.call('DEL', log)
  redis.call('HSET', head, 'epoch', epoch, 'offset', 0, 'run', run)
elseif lastRun == '' and run ~= '' then
  redis.call('HSET', head, 'run', run)
end`;

/**
 * Takes the first number that no node has.
 * KEYS: nodes. ARGV: lease, numbers. Returns the number, or 0.
 */
const TAKE_NUMBER = script(`${NOW}
for i = 2, #ARGV do
  if redis.call('ZADD', KEYS[1], 'NX', now + ARGV[1], ARGV[i]) == 1 then return tonumber(ARGV[i]) end
end
return 0`);

/** Renews a lease, and nothing else. KEYS: nodes. ARGV: lease, node. */
const RENEW_LEASE = script(`${NOW}
return redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])`);

/**
 * KEYS: nodes. ARGV: prefix, node, lease, whether to forget what it wrote, whether it is young, how many
 * members of dead nodes to remove at most. Returns whether it was alive, the living nodes, and who left
 * and what was written of them, in turn.
 */
const BEAT = script(`
local nodes, prefix, me, lease, isYoung = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local limit = tonumber(ARGV[6])
${THRESHOLD}
${FORGET}
local score = redis.call('ZSCORE', nodes, me)
local wasAlive = ARGV[4] == '0' and score and tonumber(score) > 0
if not wasAlive then forgetAll(me) end
redis.call('ZADD', nodes, now + lease, me)
local left = {}
for _, node in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', threshold)) do
  if limit <= 0 then break end
  -- It may not come back while a part of it is gone.
  redis.call('ZADD', nodes, 0, node)
  local members, values = forget(node, limit)
  limit = limit - #members
  for i, member in ipairs(members) do
    left[#left + 1] = member
    left[#left + 1] = values[i]
  end
  if redis.call('EXISTS', prefix .. 'node:' .. node .. ':members') == 0 then
    redis.call('ZREM', nodes, node)
  end
end
return { wasAlive and 1 or 0, redis.call('ZRANGEBYSCORE', nodes, '(' .. threshold, '+inf'), left }`);

/** Ends a lease, so that the next beat of another node finds it. KEYS: nodes. ARGV: prefix, node. */
const END_LEASE = script(`
local nodes, prefix, me = KEYS[1], ARGV[1], ARGV[2]
${FORGET}
redis.call('ZADD', nodes, 'XX', 0, me)
if redis.call('ZCARD', nodes) > 1 then return end
forgetAll(me)
redis.call('ZREM', nodes, me)`);

/**
 * Without a lease nothing is written that nobody would remove.
 * KEYS: nodes, members of the room, members of the node. ARGV: node, id, room, value.
 */
const ENTER = script(`
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) == 0 then return 0 end
redis.call('SADD', KEYS[3], ARGV[2] .. ' ' .. ARGV[3])
return redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])`);

/** KEYS: members of the room, members of the node. ARGV: id, room. */
const EXIT = script(`
redis.call('SREM', KEYS[2], ARGV[1] .. ' ' .. ARGV[2])
return redis.call('HDEL', KEYS[1], ARGV[1])`);

/** KEYS: nodes, members of the room. ARGV: whether this node is young. Returns ids and values in turn. */
const MEMBERS = script(`
local isYoung = ARGV[1]
${THRESHOLD}
local all, isAlive, found = redis.call('HGETALL', KEYS[2]), {}, {}
for i = 1, #all, 2 do
  local node = string.format('%.0f', math.floor((tonumber(all[i]) or 0) / 4294967296))
  if isAlive[node] == nil then
    isAlive[node] = (tonumber(redis.call('ZSCORE', KEYS[1], node) or 0)) > threshold
  end
  if isAlive[node] then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  end
end
return found`);

/**
 * Frames that were appended together are one entry of the stream: the two numbers of its id are the
 * offset of the last one, and how many there are.
 * KEYS: log, head. ARGV: new epoch, run, count, size, milliseconds that the log and the head last,
 * channel, frames. Returns epoch and the offset of the last.
 */
const APPEND = script(`${OPEN_ROOM}
local count, size = ARGV[3], tonumber(ARGV[4])
local logTtl, headTtl, channel, frames = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
offset = redis.call('HINCRBY', head, 'offset', count)
local oldest = string.format('%.0f', math.max(0, offset - size + 1))
redis.call('XADD', log, 'MINID', '~', oldest, string.format('%.0f-', offset) .. count, 'frames', frames)
redis.call('PEXPIRE', log, logTtl)
redis.call('PEXPIRE', head, headTtl)
local epochBytes = string.gsub(epoch, '%x%x', function(hex) return string.char(tonumber(hex, 16)) end)
redis.call('PUBLISH', channel, '\\1' .. epochBytes .. struct.pack('>I6', offset) .. frames)
return { epoch, offset }`);

/**
 * KEYS: log, head. ARGV: new epoch, run, first offset, limit, milliseconds that the head lasts.
 * Returns epoch, offset, and offsets of the last ones and frames in turn, of which some may be before the
 * first or beyond the limit.
 */
const READ = script(`${OPEN_ROOM}
local first, limit, headTtl = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
if redis.call('PTTL', head) < tonumber(headTtl) then redis.call('PEXPIRE', head, headTtl) end
local found = {}
-- Of a limit of 0 it says false.
local entries = redis.call('XRANGE', log, ARGV[3], '+', 'COUNT', ARGV[4]) or {}
for _, entry in ipairs(entries) do
  if limit <= 0 then break end
  local last, count = string.match(entry[1], '^(%d+)-(%d+)$')
  found[#found + 1] = last
  found[#found + 1] = entry[2][2]
  limit = limit - math.min(tonumber(count), tonumber(last) - first + 1)
end
return { epoch, tonumber(offset), found }`);

export const SCRIPTS = {
  TAKE_NUMBER,
  RENEW_LEASE,
  BEAT,
  END_LEASE,
  ENTER,
  EXIT,
  MEMBERS,
  APPEND,
  READ,
} as const;
