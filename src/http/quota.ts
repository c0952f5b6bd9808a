/** Whose calls are counted: one action of one account. */
export interface QuotaBucket {
  readonly account: string;
  readonly action: string;
  /** Calls a second. */
  readonly rate: number;
}

/**
 * Keeps each action of each account to its rate.
 *
 * An implementation that asks a server never throws: where the server is lost it counts by itself.
 */
export interface Quota {
  /**
   * Takes the token of one call; a promise only where a server must be asked.
   * @returns 0 when the call may go now; else nothing was taken, and asking again is of use only after
   * so many milliseconds.
   */
  take(bucket: QuotaBucket): number | Promise<number>;
  /** The vendor refused a call as one too many, and may have said how long to wait. */
  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void;
  /** The least wait of a call that has so many before it, in milliseconds, as far as is known here. */
  waitMs(bucket: QuotaBucket, ahead: number): number;
  /** Calls that the account's fullest-used action could start now; null where none was made. */
  callsLeft(account: string): number | null;
}

interface Usage {
  declared: number;
  /** At most the declared rate; halved when the vendor throttles, then raised with time. */
  rate: number;
  ratedAt: number;
  throttledAt: number;
  pausedUntil: number;
  /** When the last calls started, oldest first. */
  readonly starts: number[];
}

/** The part of the declared rate that comes back in each second without throttling. */
const RAISE = 1 / 40;
/** Throttled answers within this time are one complaint: their calls were under way together. */
const COMPLAINT_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Counts within this process.
 *
 * A token comes back one second after it was spent, so that no second ever holds more calls than the
 * rate: vendors count by the second, and a bucket that fills evenly would let nearly twice the rate
 * through after a pause.
 */
export class MemoryQuota implements Quota {
  readonly #usages = new Map<string, Map<string, Usage>>();

  constructor(private readonly clock: { now(): number }) {}

  take(bucket: QuotaBucket): number {
    const now = this.clock.now();
    const usage = this.#usageOf(bucket, now);
    const wait = waitOf(usage, now, 0);
    if (wait > 0) return wait;
    const burst = burstOf(usage.declared);
    if (usage.starts.length >= 2 * burst) usage.starts.splice(0, burst);
    usage.starts.push(now);
    return 0;
  }

  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void {
    const now = this.clock.now();
    const usage = this.#usageOf(bucket, now);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, retryAfterMs ?? 0);
    usage.pausedUntil = Math.max(usage.pausedUntil, now + pauseMs);
    if (now - usage.throttledAt < COMPLAINT_MS) return;
    usage.throttledAt = now;
    usage.rate = Math.max(Math.min(1, usage.declared), usage.rate / 2);
  }

  waitMs(bucket: QuotaBucket, ahead: number): number {
    const now = this.clock.now();
    return waitOf(this.#usageOf(bucket, now), now, ahead);
  }

  callsLeft(account: string): number | null {
    const usages = this.#usages.get(account);
    if (usages === undefined) return null;
    const now = this.clock.now();
    return Math.min(...[...usages.values()].map((usage) => leftOf(raised(usage, now), now)));
  }

  #usageOf({ account, action, rate }: QuotaBucket, now: number): Usage {
    let usages = this.#usages.get(account);
    if (usages === undefined) this.#usages.set(account, (usages = new Map()));
    let usage = usages.get(action);
    if (usage === undefined) usages.set(action, (usage = unused(rate, now)));
    usage.declared = rate;
    return raised(usage, now);
  }
}

const unused = (rate: number, now: number): Usage => ({
  declared: rate,
  rate,
  ratedAt: now,
  throttledAt: -Infinity,
  pausedUntil: 0,
  starts: [],
});

/** Brings the rate up to date; a clock that was set back raises nothing. */
function raised(usage: Usage, now: number): Usage {
  const seconds = Math.max(0, now - usage.ratedAt) / 1_000;
  usage.rate = Math.min(usage.declared, usage.rate + seconds * RAISE * usage.declared);
  usage.ratedAt = now;
  return usage;
}

/** Whole calls that may start at once; below one a second the time between calls grows instead. */
const burstOf = (rate: number): number => Math.max(1, Math.floor(rate));

/** A clock that was set back must not make anybody wait longer than the longest wait there is. */
function waitOf({ rate, pausedUntil, starts }: Usage, now: number, ahead: number): number {
  const burst = burstOf(rate);
  const windowMs = (burst / rate) * 1_000;
  const before = starts[starts.length - burst + (ahead % burst)] ?? -Infinity;
  const tokenMs = Math.min(windowMs, before + windowMs - now);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, pausedUntil - now);
  return Math.ceil(Math.max(0, tokenMs, pauseMs) + Math.floor(ahead / burst) * windowMs);
}

function leftOf(usage: Usage, now: number): number {
  const burst = burstOf(usage.rate);
  let left = 0;
  while (left < burst && waitOf(usage, now, left) === 0) left += 1;
  return left;
}
