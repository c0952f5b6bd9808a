import { createRequire } from "node:module";
import { isIP } from "node:net";
import type * as Limiter from "rate-limiter-flexible";
import { ANYONE, type Principal } from "../../domain/principal.js";
import { ClientError } from "../../errors.js";

// The package's index would load the code for every database.
const RateLimiterMemory = createRequire(import.meta.url)(
  "rate-limiter-flexible/lib/RateLimiterMemory.js",
) as typeof Limiter.RateLimiterMemory;

/** Points are counted in periods of this length, which begin with a caller's first request. */
const PERIOD_S = 60;
const PERIOD_MS = PERIOD_S * 1_000;
/** Callers that one process counts separately in a minute. Those beyond share the points of one caller. */
const MOST_CALLERS = 50_000;
const OTHERS = "others";
/** An answer of up to this many objects costs one point, and each further one costs a point more. */
const COST_PER_POINT = 1_000;

/** The points of an operation besides the one of its request. `cost` counts objects, as `limits.cost` does. */
export const pointsAbove = (cost: number): number => Math.floor(cost / COST_PER_POINT);

/** Counts points for all replicas. */
export interface SharedPoints {
  /** Adds points of a caller; null if the server that counts them is not available. */
  add(caller: string, points: number): Promise<CountedPoints | null>;
}

/** The points of a caller in the current period, and how long the period still lasts. */
export interface CountedPoints {
  readonly used: number;
  readonly resetMs: number;
}

/** What a caller may still spend. */
interface Budget {
  readonly limit: number;
  readonly left: number;
  readonly resetMs: number;
}

/** Takes points from the caller of one request. Errors: `ClientError` RATE_LIMITED. */
export type Charge = (points: number) => Promise<void>;

/** Where the headers of a response go. */
interface HeaderSink {
  headers(values: Record<string, string>): unknown;
}

/**
 * Limits what each caller may ask for in a minute, in points.
 *
 * With a shared server, a caller has the same points at all replicas. Each replica also counts by itself:
 * that count decides while the server is away, and it keeps a server that counts wrongly from allowing
 * more than twice the points.
 */
export class CallerLimits {
  /** Only counts: the limit may change, so `points` is not used. */
  private readonly memory = new RateLimiterMemory({ points: 0, duration: PERIOD_S });
  private newCallers = 0;
  private minuteEndsAt = 0;

  /** `perMinute` is the points of each caller and may change; 0 means no limit. */
  constructor(
    public perMinute: number,
    private readonly parts: { readonly shared: SharedPoints | null; readonly now: () => number },
  ) {}

  /**
   * Takes the point of a request, and returns what takes further ones. Each sets the RateLimit headers.
   *
   * Errors: `ClientError` RATE_LIMITED.
   */
  async admit(principal: Principal, address: string, sink: HeaderSink): Promise<Charge> {
    // A caller without a name is the network that it calls from.
    const caller =
      principal === ANYONE ? `address ${networkOf(address)}` : `name ${principal.name}`;
    let budget = await this.take(caller, 1, sink);
    return async (points) => {
      if (budget === null) return;
      // The most expensive operation that the limits allow must be possible at the start of a minute.
      const due = Math.min(points, budget.limit - 1);
      if (due <= 0) return;
      // A refused operation costs only the point of its request.
      if (due > budget.left) throw exceeded(budget, due);
      budget = await this.take(caller, due, sink);
    };
  }

  private async take(caller: string, points: number, sink: HeaderSink): Promise<Budget | null> {
    const limit = this.perMinute;
    if (limit === 0) return null;
    const name = await this.nameFor(caller);
    const own = await this.memory.penalty(name, points);
    // A correct server never allows this much, because at most two of its periods overlap with one of ours.
    const isHopeless = own.consumedPoints > 2 * limit;
    const all = isHopeless ? null : ((await this.parts.shared?.add(name, points)) ?? null);
    const used = all === null ? own.consumedPoints : Math.max(all.used, own.consumedPoints - limit);
    const resetMs = Math.min(PERIOD_MS, Math.max(0, all?.resetMs ?? own.msBeforeNext));
    const left = Math.max(0, Math.min(limit, limit - used));
    const budget = { limit, left, resetMs };
    sink.headers(limitHeaders(budget));
    if (used > limit) throw exceeded(budget, points);
    return budget;
  }

  /** The name under which a caller is counted. Addresses can be numerous, so their number is limited. */
  private async nameFor(caller: string): Promise<string> {
    if ((await this.memory.get(caller)) !== null) return caller;
    const now = this.parts.now();
    if (now >= this.minuteEndsAt || now < this.minuteEndsAt - PERIOD_MS) {
      this.minuteEndsAt = now + PERIOD_MS;
      this.newCallers = 0;
    }
    this.newCallers += 1;
    return this.newCallers > MOST_CALLERS ? OTHERS : caller;
  }
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address, or the first 64 bits of an IPv6 address, which a provider assigns to one customer. */
export function networkOf(address: string): string {
  const ip = MAPPED.exec(address)?.[1] ?? address.replace(/%.*$/, "");
  if (isIP(ip) === 4) return ip;
  // A proxy can write anything into X-Forwarded-For.
  if (isIP(ip) === 0) return "unknown";
  const [head = "", tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split("::");
  const groups = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(8 - groups.length - last.length).fill("0");
  return [...groups, ...(tail === undefined ? [] : zeros), ...last].slice(0, 4).join(":");
}

/** The header fields that most clients read: draft-ietf-httpapi-ratelimit-headers-06. */
const limitHeaders = ({ limit, left, resetMs }: Budget): Record<string, string> => ({
  "ratelimit-policy": `${limit};w=${PERIOD_S}`,
  "ratelimit-limit": String(limit),
  "ratelimit-remaining": String(left),
  "ratelimit-reset": String(Math.ceil(resetMs / 1_000)),
});

/** The names of these headers, for pages of other origins. */
export const LIMIT_HEADERS = Object.keys(limitHeaders({ limit: 0, left: 0, resetMs: 0 }));

function exceeded({ limit, left, resetMs: retryAfterMs }: Budget, points: number): ClientError {
  const needs =
    points === 1 ? "" : `, and this operation needs ${points} more than the ${left} left`;
  return new ClientError(
    "RATE_LIMITED",
    `A caller has ${limit} points a minute${points === 1 ? ", and all are used" : needs}; ` +
      `try again in ${retryAfterMs} ms.`,
    { retryAfterMs },
  );
}
