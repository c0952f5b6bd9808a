import { Script, type RedisLink } from "./link.js";
import type { Seal } from "./seal.js";

const PERIOD_MS = 60_000;
/** No caller has more points, whatever the server says. */
const MOST_POINTS = Number.MAX_SAFE_INTEGER;

/**
 * Adds points and returns them with the milliseconds until they expire.
 *
 * Others may have written to the key. What is not a number that the script could have written, or expires
 * too late, is replaced.
 *
 * KEYS: 1 the points. ARGV: 1 the points to add.
 */
const ADD = new Script(`
local ttl = redis.call('PTTL', KEYS[1])
local used = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(used) ~= 'number' or used < tonumber(ARGV[1]) or ttl < 0 or ttl > ${PERIOD_MS} then
  used = tonumber(ARGV[1])
  ttl = ${PERIOD_MS}
  redis.call('SET', KEYS[1], used, 'PX', ttl)
end
return { used, ttl }`);

/** Counts the points of callers over all replicas. The names of callers do not appear in keys. */
export class RedisPoints {
  constructor(
    private readonly link: Pick<RedisLink, "run">,
    private readonly seal: Pick<Seal, "name">,
  ) {}

  /** The points of a caller after some were added; null without the server, or if it makes no sense. */
  async add(
    caller: string,
    points: number,
  ): Promise<{ readonly used: number; readonly resetMs: number } | null> {
    const key = `backups:points:${this.seal.name(["points", caller])}`;
    const counted = await this.link.run((redis) => ADD.run(redis, [key], [points]));
    if (!Array.isArray(counted) || counted.length !== 2) return null;
    const [used, resetMs] = counted as [unknown, unknown];
    if (!isCount(used) || !isCount(resetMs) || used < points || used > MOST_POINTS) return null;
    return { used, resetMs: Math.min(resetMs, PERIOD_MS) };
  }
}

const isCount = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;
