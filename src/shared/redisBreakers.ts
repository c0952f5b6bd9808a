import { createHash } from "node:crypto";
import type { BreakerNews, DoubtableBreaker } from "../http/breakerNews.js";
import type { BreakerNote, HttpObserver } from "../http/observer.js";
import type { Clock } from "../http/bounds.js";
import type { RedisLink } from "./link.js";

/** How often a host is asked about. */
const LOOK_MS = 1_000;
/** How long news of a host stands where nobody takes them back. */
const NEWS_MS = 20_000;

/** Tells replicas of each other's open breakers. */
export class RedisBreakers implements BreakerNews {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #replica: string;
  readonly #callerOf: (account: string) => string;
  readonly #lookedAt = new Map<string, number>();
  readonly #heard = new Map<string, string>();
  #told = 0;

  /** `replica` is unique among all replicas; `callerOf` names an account on the server. */
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
  }

  look(account: string, origin: string, breaker: DoubtableBreaker): void {
    const key = this.#keyOf(account, origin);
    const now = this.#clock.now();
    const before = this.#lookedAt.get(key) ?? -Infinity;
    if (!this.#link.isUp || (now >= before && now - before < LOOK_MS)) return;
    this.#lookedAt.set(key, now);
    void this.#hear(key, breaker);
  }

  /** An observer that passes all on, and by which the others are told. */
  heardBy(observer: HttpObserver = {}): HttpObserver {
    return {
      onAttempt: (note) => observer.onAttempt?.(note),
      onWait: (ms, account, action) => observer.onWait?.(ms, account, action),
      onBreaker: (note) => {
        observer.onBreaker?.(note);
        this.tell(note);
      },
    };
  }

  /** Tells the others of a breaker here that changed its state. */
  tell({ account, origin, state }: BreakerNote): void {
    const key = this.#keyOf(account, origin);
    if (state === "halfOpen") return;
    if (state === "closed") {
      void this.#link.run((redis) => redis.del(key));
      return;
    }
    this.#told += 1;
    const news = `${this.#replica} ${this.#told}`;
    this.#heard.set(key, news);
    void this.#link.run((redis) => redis.set(key, news, "PX", NEWS_MS));
  }

  /** The same news are heard once: a host that was found up since is not doubted for them again. */
  async #hear(key: string, breaker: DoubtableBreaker): Promise<void> {
    const news = await this.#link.run((redis) => redis.get(key));
    if (news === null || news === this.#heard.get(key)) return;
    this.#heard.set(key, news);
    breaker.doubt();
  }

  #keyOf(account: string, origin: string): string {
    const host = createHash("sha256").update(origin).digest("base64url").slice(0, 22);
    return `backups:down:${this.#callerOf(account)}:${host}`;
  }
}
