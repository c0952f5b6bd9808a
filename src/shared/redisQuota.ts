import { getOrMake } from "../domain/maps.js";
import { MemoryQuota, type Quota, type QuotaBucket } from "../http/quota.js";
import { Script, type SharingParts } from "./link.js";

/** Calls start this much later in the next second, because they need time to reach the vendor. */
const GUARD_MS = 100;
/** The longest pause that a vendor can demand. */
const LONGEST_PAUSE_MS = 60_000;
/** How far the server's clock may have been set back. Instants further ahead were not written by us. */
const SKEW_MS = 1_000;
/** A replica that made no call for this long is gone. */
const REPLICA_MS = 60_000;
/** At most this many replicas divide a rate, whatever the server says. */
const MOST_REPLICAS = 32;

/**
 * The start of both scripts: the server's clock, and the current rate. The rate is at most the declared
 * one, was halved each time that the vendor throttled, and has recovered by a fortieth of the declared
 * rate each second since.
 *
 * Others may have written to the keys. A key of another type is deleted. A number that the scripts could
 * not have written counts as absent: not a number, a rate above the declared one, an instant in the future.
 *
 * KEYS: 1 the rate. ARGV: 1 the declared rate.
 */
const RATE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local latest = now + ${SKEW_MS}
local declared = tonumber(ARGV[1])
local least = math.min(1, declared)
local function number(value, low, high)
  local read = tonumber(value or '')
  if read and read >= low and read <= high then return read end
  return nil
end
local known = redis.pcall('HMGET', KEYS[1], 'rate', 'ratedAt', 'pausedUntil', 'throttledAt')
if known.err then
  redis.call('DEL', KEYS[1])
  known = {}
end
local rate = number(known[1], least, declared)
local ratedAt = number(known[2], 0, latest)
if rate and ratedAt then
  rate = math.min(declared, rate + math.max(0, now - ratedAt) / 1000 * declared / 40)
else
  rate = declared
end
local pausedUntil = number(known[3], 0, latest + ${LONGEST_PAUSE_MS}) or 0
local throttledAt = number(known[4], 0, latest) or 0
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], 120000) end
`;

/**
 * Takes one token. Returns the milliseconds to wait (0 for a token), the calls left, and the number of
 * replicas that called recently.
 *
 * KEYS: 2 when the last calls started, newest first; 3 the replicas, by their last call. ARGV: 2 the replica.
 */
const TAKE = new Script(`${RATE}
local burst = math.max(1, math.floor(rate))
local window = burst / rate * 1000 + ${GUARD_MS}
local starts = redis.pcall('LRANGE', KEYS[2], 0, burst - 1)
local isOurs = not starts.err
local used = 0
for index, start in ipairs(starts) do
  local at = number(start, 0, latest)
  if not at then isOurs = false else
    starts[index] = at
    if now - at < window then used = used + 1 end
  end
end
if not isOurs then
  redis.call('DEL', KEYS[2])
  starts = {}
  used = 0
end
local wait = math.min(${LONGEST_PAUSE_MS}, pausedUntil - now)
if starts[burst] then
  wait = math.max(wait, math.min(window, starts[burst] + window - now))
end
wait = math.max(0, math.ceil(wait))
if wait == 0 then
  used = used + 1
  redis.call('LPUSH', KEYS[2], now)
  redis.call('LTRIM', KEYS[2], 0, math.max(1, math.floor(declared)) - 1)
end
redis.call('PEXPIRE', KEYS[2], math.ceil(2 * window))
local added = redis.pcall('ZADD', KEYS[3], now, ARGV[2])
if type(added) == 'table' then
  redis.call('DEL', KEYS[3])
  redis.call('ZADD', KEYS[3], now, ARGV[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ${REPLICA_MS})
redis.call('ZREMRANGEBYSCORE', KEYS[3], '(' .. latest, '+inf')
redis.call('PEXPIRE', KEYS[3], ${REPLICA_MS})
return { wait, math.max(0, burst - used), redis.call('ZCARD', KEYS[3]) }`);

/**
 * Records that the vendor throttled: halves the rate, once for all complaints of one second.
 *
 * ARGV: 2 milliseconds for which the vendor wants no calls.
 */
const THROTTLE = new Script(`${RATE}
local pause = math.max(pausedUntil, now + math.min(${LONGEST_PAUSE_MS}, tonumber(ARGV[2])))
if now - throttledAt >= 1000 then
  rate = math.max(least, rate / 2)
  throttledAt = now
end
redis.call('HSET', KEYS[1], 'rate', tostring(rate), 'ratedAt', now,
  'pausedUntil', pause, 'throttledAt', throttledAt)
redis.call('PEXPIRE', KEYS[1], 120000)
return 1`);

/** The last answer of the server about a bucket. Instants are epoch milliseconds. */
interface BucketState {
  readonly at: number;
  readonly freeAt: number;
  readonly left: number;
}

/** How long an answer of the server is used. */
const ANSWER_MS = 1_000;

/**
 * Counts the calls of all replicas together, by the server's clock.
 *
 * While the server is away, each replica keeps to its share of the rate: the rate divided by the replicas
 * that called in the minute before. No replica ever makes more calls than the whole rate, whatever the
 * server says.
 */
export class RedisQuota implements Quota {
  /** The calls of this replica. */
  private readonly own: MemoryQuota;
  /** The calls made while the server was away. */
  private readonly alone: MemoryQuota;
  private readonly answers = new Map<string, Map<string, BucketState>>();
  private readonly replicas = new Map<string, number>();

  constructor(private readonly parts: SharingParts) {
    this.own = new MemoryQuota(parts.clock);
    this.alone = new MemoryQuota(parts.clock);
  }

  async take(bucket: QuotaBucket): Promise<number> {
    return this.takeNow(bucket) ?? this.ask(bucket);
  }

  takeNow(bucket: QuotaBucket): number | null {
    const ownMs = this.own.waitMs(bucket, 0);
    if (ownMs > 0) return ownMs;
    if (this.parts.link.isUp) return null;
    this.parts.link.check();
    return this.takeAlone(bucket);
  }

  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void {
    this.own.throttled(bucket, retryAfterMs);
    this.alone.throttled(this.partOf(bucket), retryAfterMs);
    const [rateKey] = this.keysOf(bucket);
    const args = [bucket.rate, retryAfterMs ?? 0];
    void this.parts.link.run((redis) => THROTTLE.run(redis, [rateKey], args));
  }

  waitMs(bucket: QuotaBucket, ahead: number): number {
    const answer = this.answers.get(bucket.account)?.get(bucket.action);
    const leftMs = (answer?.freeAt ?? 0) - this.parts.clock.now();
    const rounds = Math.floor(ahead / Math.max(1, Math.floor(bucket.rate)));
    const sharedMs = leftMs > 0 ? Math.min(leftMs, LONGEST_PAUSE_MS) + rounds * 1_000 : 0;
    return Math.max(sharedMs, this.own.waitMs(bucket, ahead));
  }

  callsLeft(account: string): number | null {
    const own = this.own.callsLeft(account);
    if (own === null) return null;
    const now = this.parts.clock.now();
    const answers = [...(this.answers.get(account)?.values() ?? [])];
    const recent = answers.filter(({ at }) => now - at < ANSWER_MS && now >= at);
    return Math.min(own, ...recent.map(({ left }) => left));
  }

  private async ask(bucket: QuotaBucket): Promise<number> {
    const keys = this.keysOf(bucket);
    const answer = await this.parts.link.run((redis) =>
      TAKE.run(redis, keys, [bucket.rate, this.parts.replica]),
    );
    if (!isAnswer(answer)) return this.takeAlone(bucket);
    const wait = within(answer[0], 0, LONGEST_PAUSE_MS);
    this.note(bucket, wait, within(answer[1], 0, Math.max(1, bucket.rate)));
    this.replicas.set(bucket.account, within(answer[2], 1, MOST_REPLICAS));
    if (wait === 0) this.own.takeNow(bucket);
    return wait;
  }

  private takeAlone(bucket: QuotaBucket): number {
    const wait = this.alone.takeNow(this.partOf(bucket));
    if (wait === 0) this.own.takeNow(bucket);
    return wait;
  }

  /** This replica's share of a bucket while no server counts for all. */
  private partOf(bucket: QuotaBucket): QuotaBucket {
    return { ...bucket, rate: bucket.rate / (this.replicas.get(bucket.account) ?? 1) };
  }

  private note({ account, action }: QuotaBucket, wait: number, left: number): void {
    const at = this.parts.clock.now();
    const buckets = getOrMake(this.answers, account, () => new Map<string, BucketState>());
    buckets.set(action, { at, freeAt: at + wait, left });
  }

  private keysOf({
    account,
    action,
  }: QuotaBucket): [rate: string, starts: string, replicas: string] {
    const caller = this.parts.callerOf(account);
    const bucket = `backups:quota:${caller}:${action}`;
    return [`${bucket}:rate`, `${bucket}:starts`, `backups:replicas:${caller}`];
  }
}

const isAnswer = (answer: unknown): answer is [wait: number, left: number, replicas: number] =>
  Array.isArray(answer) && answer.length === 3 && answer.every(Number.isFinite);

const within = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));
