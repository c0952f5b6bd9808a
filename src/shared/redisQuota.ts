import type { Clock } from "../http/bounds.js";
import { MemoryQuota, type Quota, type QuotaBucket } from "../http/quota.js";
import type { RedisLink } from "./link.js";
import { TAKE, THROTTLE } from "./quotaScripts.js";

/** What the server last said of a bucket. Instants are epoch milliseconds. */
interface Told {
  readonly at: number;
  readonly freeAt: number;
  readonly left: number;
}

/** What the server said is of use for so long. */
const TOLD_MS = 1_000;

/**
 * Counts the calls of all replicas together, by the server's clock.
 *
 * While the server is away each replica keeps to its part of the rate: the rate divided by the replicas
 * that called in the minute before. None ever makes more calls than the whole rate.
 */
export class RedisQuota implements Quota {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #replica: string;
  readonly #callerOf: (account: string) => string;
  /** This replica's own calls. */
  readonly #own: MemoryQuota;
  /** The calls made while the server was away. */
  readonly #alone: MemoryQuota;
  readonly #told = new Map<string, Map<string, Told>>();
  readonly #replicas = new Map<string, number>();

  /** `replica` is unique among all replicas; `callerOf` names whom a vendor counts an account's calls for. */
  constructor(parts: {
    readonly link: RedisLink;
    readonly clock: Clock;
    readonly replica: string;
    readonly callerOf: (account: string) => string;
  }) {
    this.#link = parts.link;
    this.#clock = parts.clock;
    this.#replica = parts.replica;
    this.#callerOf = parts.callerOf;
    this.#own = new MemoryQuota(parts.clock);
    this.#alone = new MemoryQuota(parts.clock);
  }

  take(bucket: QuotaBucket): number | Promise<number> {
    const ownMs = this.#own.waitMs(bucket, 0);
    if (ownMs > 0) return ownMs;
    if (this.#link.isUp) return this.#ask(bucket);
    this.#link.check();
    return this.#takeAlone(bucket);
  }

  throttled(bucket: QuotaBucket, retryAfterMs: number | null): void {
    this.#own.throttled(bucket, retryAfterMs);
    this.#alone.throttled(this.#partOf(bucket), retryAfterMs);
    const [rateKey] = this.#keysOf(bucket);
    const args = [bucket.rate, retryAfterMs ?? 0];
    void this.#link.run((redis) => THROTTLE.run(redis, [rateKey], args));
  }

  waitMs(bucket: QuotaBucket, ahead: number): number {
    const told = this.#told.get(bucket.account)?.get(bucket.action);
    const toldMs = (told?.freeAt ?? 0) - this.#clock.now();
    const rounds = Math.floor(ahead / Math.max(1, Math.floor(bucket.rate)));
    const sharedMs = toldMs > 0 ? Math.min(toldMs, 60_000) + rounds * 1_000 : 0;
    return Math.max(sharedMs, this.#own.waitMs(bucket, ahead));
  }

  callsLeft(account: string): number | null {
    const own = this.#own.callsLeft(account);
    if (own === null) return null;
    const now = this.#clock.now();
    const told = [...(this.#told.get(account)?.values() ?? [])];
    const recent = told.filter(({ at }) => now - at < TOLD_MS && now >= at);
    return Math.min(own, ...recent.map(({ left }) => left));
  }

  async #ask(bucket: QuotaBucket): Promise<number> {
    const keys = this.#keysOf(bucket);
    const answer = await this.#link.run((redis) =>
      TAKE.run(redis, keys, [bucket.rate, this.#replica]),
    );
    if (!isAnswer(answer)) {
      // What is no bucket stands in its place; without it the next call makes a new one.
      if (this.#link.isUp) void this.#link.run((redis) => redis.del(...keys));
      return this.#takeAlone(bucket);
    }
    const [wait, left, replicas] = answer;
    this.#note(bucket, wait, left);
    this.#replicas.set(bucket.account, replicas);
    if (wait === 0) this.#own.take(bucket);
    return wait;
  }

  #takeAlone(bucket: QuotaBucket): number {
    const wait = this.#alone.take(this.#partOf(bucket));
    if (wait === 0) this.#own.take(bucket);
    return wait;
  }

  /** The part of a bucket that is ours while nobody counts for all. */
  #partOf(bucket: QuotaBucket): QuotaBucket {
    const replicas = Math.max(1, this.#replicas.get(bucket.account) ?? 1);
    return { ...bucket, rate: bucket.rate / replicas };
  }

  #note({ account, action }: QuotaBucket, wait: number, left: number): void {
    const at = this.#clock.now();
    let buckets = this.#told.get(account);
    if (buckets === undefined) this.#told.set(account, (buckets = new Map()));
    buckets.set(action, { at, freeAt: at + wait, left });
  }

  #keysOf({ account, action }: QuotaBucket): [rate: string, starts: string, replicas: string] {
    const caller = this.#callerOf(account);
    const bucket = `backups:quota:${caller}:${action}`;
    return [`${bucket}:rate`, `${bucket}:starts`, `backups:replicas:${caller}`];
  }
}

const isAnswer = (answer: unknown): answer is [wait: number, left: number, replicas: number] =>
  Array.isArray(answer) && answer.length === 3 && answer.every(Number.isFinite);
