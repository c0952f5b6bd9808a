import { Script } from "./script.js";

/** Calls start so much later in the next second, because they need time to reach the vendor. */
export const GUARD_MS = 100;
/** Who has made no call for so long counts as gone. */
const REPLICA_MS = 60_000;

/**
 * What both scripts know: the server's clock, and the rate as it is now. It is at most the declared one,
 * was halved each time that the vendor throttled, and came back by a fortieth of the declared rate each
 * second since.
 *
 * KEYS: 1 what is known of the rate. ARGV: 1 the declared rate.
 */
const RATE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local declared = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'rate', 'ratedAt', 'pausedUntil', 'throttledAt')
local seconds = math.max(0, now - (tonumber(known[2]) or now)) / 1000
local rate = math.min(declared, (tonumber(known[1]) or declared) + seconds * declared / 40)
local pausedUntil = tonumber(known[3]) or 0
`;

/**
 * Takes one token: gives the milliseconds to wait (0 for a token), the calls left, and the number of
 * replicas that have called of late.
 *
 * KEYS: 2 when the last calls started, newest first; 3 who has called, and when. ARGV: 2 the replica.
 */
export const TAKE = new Script(`${RATE}
local burst = math.max(1, math.floor(rate))
local window = burst / rate * 1000 + ${GUARD_MS}
local starts = redis.call('LRANGE', KEYS[2], 0, burst - 1)
local wait = math.min(60000, pausedUntil - now)
if starts[burst] then
  wait = math.max(wait, math.min(window, tonumber(starts[burst]) + window - now))
end
wait = math.max(0, math.ceil(wait))
local used = 0
for _, start in ipairs(starts) do
  if now - tonumber(start) < window then used = used + 1 end
end
if wait == 0 then
  used = used + 1
  redis.call('LPUSH', KEYS[2], now)
  redis.call('LTRIM', KEYS[2], 0, math.max(1, math.floor(declared)) - 1)
  redis.call('PEXPIRE', KEYS[2], math.ceil(2 * window))
end
redis.call('ZADD', KEYS[3], now, ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], 0, now - ${REPLICA_MS})
redis.call('PEXPIRE', KEYS[3], ${REPLICA_MS})
return { wait, math.max(0, burst - used), redis.call('ZCARD', KEYS[3]) }`);

/**
 * Notes that the vendor throttled: halves the rate, once for all complaints of one second.
 *
 * ARGV: 2 milliseconds for which the vendor wants no calls.
 */
export const THROTTLE = new Script(`${RATE}
local until_ = math.max(pausedUntil, now + math.min(60000, tonumber(ARGV[2])))
local throttledAt = tonumber(known[4]) or 0
if now - throttledAt >= 1000 then
  rate = math.max(math.min(1, declared), rate / 2)
  throttledAt = now
end
redis.call('HSET', KEYS[1], 'rate', tostring(rate), 'ratedAt', now,
  'pausedUntil', until_, 'throttledAt', throttledAt)
redis.call('PEXPIRE', KEYS[1], 120000)
return 1`);
