import { getOrMake } from "../domain/maps.js";

/** The calls that are counted together: one action of one account. */
export interface QuotaBucket {
  readonly account: string;
  readonly action: string;
  /** Calls a second. */
  readonly rate: number;
}

/**
 * Keeps each action of each account to its rate.
 *
 * An implementation that asks a server never throws. If the server is lost, it counts by itself.
 */
export interface Quota {
  /**
   * Takes the token of one call.
   * @returns 0 if the call may start now. Otherwise no token was taken, and the number of milliseconds after
   * which to try again.
   */
  take(bucket: QuotaBucket): Promise<number>;
  /** Like `take`, without waiting. Null if a server must be asked. */
  takeNow(bucket: QuotaBucket): number | null;
  /** The vendor throttled a call, and may have said how long to wait. */
  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void;
  /** The shortest wait of a call that has `ahead` calls before it, in milliseconds, as far as known. */
  waitMs(bucket: QuotaBucket, ahead: number): number;
  /** Calls that the account's most used action could start now, or null before the first call. */
  callsLeft(account: string): number | null;
}

interface Usage {
  declared: number;
  /** At most the declared rate. Halved when the vendor throttles, then raised over time. */
  rate: number;
  ratedAt: number;
  throttledAt: number;
  pausedUntil: number;
  /** When the last calls started, oldest first. */
  readonly starts: number[];
}

/** The share of the declared rate that returns with each second without throttling. */
const RAISE = 1 / 40;
/** Throttled answers within this time count once, because their calls ran at the same time. */
const COMPLAINT_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Counts within this process.
 *
 * A token returns one second after it was taken, so that no second ever has more calls than the rate.
 * Vendors count by the second, and a bucket that fills evenly would allow nearly twice the rate after a
 * pause.
 */
export class MemoryQuota implements Quota {
  private readonly usages = new Map<string, Map<string, Usage>>();

  constructor(private readonly clock: { now(): number }) {}

  async take(bucket: QuotaBucket): Promise<number> {
    return this.takeNow(bucket);
  }

  takeNow(bucket: QuotaBucket): number {
    const now = this.clock.now();
    const usage = this.usageOf(bucket, now);
    const wait = waitOf(usage, now, 0);
    if (wait > 0) return wait;
    const burst = burstOf(usage.declared);
    if (usage.starts.length >= 2 * burst) usage.starts.splice(0, burst);
    usage.starts.push(now);
    return 0;
  }

  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void {
    const now = this.clock.now();
    const usage = this.usageOf(bucket, now);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, retryAfterMs ?? 0);
    usage.pausedUntil = Math.max(usage.pausedUntil, now + pauseMs);
    if (now - usage.throttledAt < COMPLAINT_MS) return;
    usage.throttledAt = now;
    usage.rate = Math.max(Math.min(1, usage.declared), usage.rate / 2);
  }

  waitMs(bucket: QuotaBucket, ahead: number): number {
    const now = this.clock.now();
    return waitOf(this.usageOf(bucket, now), now, ahead);
  }

  callsLeft(account: string): number | null {
    const usages = this.usages.get(account);
    if (usages === undefined) return null;
    const now = this.clock.now();
    return Math.min(...[...usages.values()].map((usage) => leftOf(raised(usage, now), now)));
  }

  private usageOf({ account, action, rate }: QuotaBucket, now: number): Usage {
    const usages = getOrMake(this.usages, account, () => new Map<string, Usage>());
    const usage = getOrMake(usages, action, (): Usage => ({
      declared: rate,
      rate,
      ratedAt: now,
      throttledAt: -Infinity,
      pausedUntil: 0,
      starts: [],
    }));
    usage.declared = rate;
    return raised(usage, now);
  }
}

/** Updates the rate. After the clock was set back, nothing that lies in the future may count. */
function raised(usage: Usage, now: number): Usage {
  if (now < usage.ratedAt) {
    usage.starts.fill(now);
    usage.throttledAt = Math.min(usage.throttledAt, now);
    usage.pausedUntil = Math.min(usage.pausedUntil, now + LONGEST_PAUSE_MS);
  }
  const seconds = Math.max(0, now - usage.ratedAt) / 1_000;
  usage.rate = Math.min(usage.declared, usage.rate + seconds * RAISE * usage.declared);
  usage.ratedAt = now;
  return usage;
}

/** Whole calls that may start at once. Below one a second, the time between calls grows instead. */
const burstOf = (rate: number): number => Math.max(1, Math.floor(rate));

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
