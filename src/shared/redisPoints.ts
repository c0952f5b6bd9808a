import { createRequire } from "node:module";
import type * as Limiter from "rate-limiter-flexible";
import { Script, type RedisLink } from "./link.js";
import type { Seal } from "./seal.js";

const PERIOD_S = 60;
/** No caller has more points, whatever the server says. */
const MOST_POINTS = Number.MAX_SAFE_INTEGER;

/**
 * Adds points and returns them with the milliseconds until they expire.
 *
 * Others may have written to the key. What is not a number that the script could have written, or expires
 * too late, is replaced.
 *
 * KEYS: 1 the points. ARGV: 1 the points to add, 2 the seconds until they expire.
 */
const ADD = `
local period = 1000 * ARGV[2]
local ttl = redis.call('PTTL', KEYS[1])
local used = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(used) ~= 'number' or used < tonumber(ARGV[1]) or ttl < 0 or ttl > period then
  used = tonumber(ARGV[1])
  ttl = period
  redis.call('SET', KEYS[1], used, 'PX', period)
end
return { used, ttl }`;

/** Counts the points of callers over all replicas. The names of callers do not appear in keys. */
export class RedisPoints {
  readonly #limiter: Limiter.RateLimiterRedis;

  constructor(
    link: RedisLink,
    private readonly seal: Pick<Seal, "name">,
  ) {
    // Loaded only if needed, like the client. The package's index would load the code for every database.
    const RateLimiterRedis = createRequire(import.meta.url)(
      "rate-limiter-flexible/lib/RateLimiterRedis.js",
    ) as typeof Limiter.RateLimiterRedis;
    this.#limiter = new RateLimiterRedis({
      storeClient: clientOver(link),
      keyPrefix: "backups:points",
      // Only counts: the gate knows the limit.
      points: 0,
      duration: PERIOD_S,
      customIncrTtlLuaScript: ADD,
    });
  }

  /** The points of a caller after some were added; null without the server, or if it makes no sense. */
  async add(
    caller: string,
    points: number,
  ): Promise<{ readonly used: number; readonly resetMs: number } | null> {
    const name = this.seal.name(["points", caller]);
    const counted = await this.#limiter.penalty(name, points).catch(() => null);
    if (counted === null) return null;
    const { consumedPoints: used, msBeforeNext: resetMs } = counted;
    const isSane = used >= points && used <= MOST_POINTS && resetMs >= 0;
    return isSane ? { used, resetMs: Math.min(resetMs, PERIOD_S * 1_000) } : null;
  }
}

/** The part of a client that the limiter uses, over a link, which never waits for a lost server. */
function clientOver(link: RedisLink): object {
  let script: Script | null = null;
  return {
    defineCommand: (_: string, { lua }: { readonly lua: string }) => (script = new Script(lua)),
    rlflxIncr: async ([key = "", ...args]: readonly string[]): Promise<unknown> => {
      const counted = await link.run(async (redis) => script?.run(redis, [key], args));
      if (Array.isArray(counted) && counted.length === 2 && counted.every(Number.isFinite))
        return counted;
      throw new Error("The shared server does not count.");
    },
  };
}
