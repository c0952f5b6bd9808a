import { LRUCache } from "lru-cache";
import { ClientError } from "../../errors.js";
import type { Authenticate } from "../auth/authenticate.js";

/** Takes one request off a caller's allowance. Errors: `ClientError` RATE_LIMITED. */
export type RateLimit = (caller: string) => void;

/** What is left of a caller's allowance, and since when. */
interface Bucket {
  /** In shares of a request, `MINUTE` to one, so that everything stays whole numbers. */
  shares: number;
  /** Epoch milliseconds. */
  countedAt: number;
}

const MINUTE = 60_000;
/** Callers that are remembered; one that is forgotten begins anew with a full allowance. */
const CALLERS = 10_000;

/**
 * Makes the allowance of requests: a bucket for each caller that holds a minute's worth and fills evenly.
 * Each process counts by itself. 0 requests a minute is no limit.
 */
export function makeRateLimit(perMinute: number, now: () => number): RateLimit {
  if (perMinute === 0) return () => undefined;
  const buckets = new LRUCache<string, Bucket>({ max: CALLERS });
  const full = perMinute * MINUTE;
  return (caller) => {
    const at = now();
    const bucket = buckets.get(caller) ?? { shares: full, countedAt: at };
    // A clock that was set back gives nothing and takes nothing.
    const passed = Math.max(0, at - bucket.countedAt);
    bucket.shares = Math.min(full, bucket.shares + passed * perMinute);
    bucket.countedAt = at;
    buckets.set(caller, bucket);
    if (bucket.shares < MINUTE) throw exceeded(perMinute, (MINUTE - bucket.shares) / perMinute);
    bucket.shares -= MINUTE;
  };
}

const exceeded = (perMinute: number, waitMs: number): ClientError => {
  const retryAfterMs = Math.ceil(waitMs);
  return new ClientError(
    "RATE_LIMITED",
    `More than the ${perMinute} requests that one caller may send a minute; try again in ${retryAfterMs} ms.`,
    { retryAfterMs },
  );
};

/** Counts the requests of callers that are who they say they are. */
export const rateLimited =
  (authenticate: Authenticate, limit: RateLimit): Authenticate =>
  async (headers) => {
    const principal = await authenticate(headers);
    limit(principal.name);
    return principal;
  };
