import { createHash } from "node:crypto";
import type { Breaker, BreakerNews } from "../http/breaker.js";
import type { BreakerNote } from "../domain/observation.js";
import type { HttpObserver } from "../http/client.js";
import type { SharingParts } from "./link.js";
import type { Seal } from "./seal.js";

/** How often the server is asked about a host. */
const LOOK_MS = 1_000;
/** How long an open breaker is shared unless it closes earlier. */
const NEWS_MS = 20_000;
/** How much the clocks of replicas may differ. */
const SKEW_MS = 5_000;
/** A sealed note is shorter. */
const LONGEST_NOTE = 200;

/** Informs replicas about each other's open breakers. */
export class RedisBreakers implements BreakerNews {
  private readonly lookedAt = new Map<string, number>();
  /** When the last note of each host was written, by the clock of its writer. */
  private readonly heardAt = new Map<string, number>();

  constructor(private readonly parts: SharingParts & { readonly seal: Seal }) {}

  look(account: string, origin: string, breaker: Pick<Breaker, "doubt">): void {
    const key = this.keyOf(account, origin);
    const now = this.parts.clock.now();
    const before = this.lookedAt.get(key) ?? -Infinity;
    if (!this.parts.link.isUp || (now >= before && now - before < LOOK_MS)) return;
    this.lookedAt.set(key, now);
    void this.learn(key, breaker);
  }

  /** An observer that passes everything on and shares breakers that open. */
  sharing(observer: HttpObserver = {}): HttpObserver {
    const onBreaker = (note: BreakerNote): void => {
      observer.onBreaker?.(note);
      this.share(note);
    };
    return { ...observer, onBreaker };
  }

  /** Informs the other replicas that a breaker of this one changed its state. */
  share({ account, origin, state }: BreakerNote): void {
    const key = this.keyOf(account, origin);
    if (state === "halfOpen") return;
    if (state === "closed") {
      void this.parts.link.run((redis) => redis.del(key));
      return;
    }
    const at = Math.max(this.parts.clock.now(), (this.heardAt.get(key) ?? 0) + 1);
    this.heardAt.set(key, at);
    const note = this.parts.seal.seal(key, Buffer.from(JSON.stringify([this.parts.replica, at])));
    void this.parts.link.run((redis) => redis.set(key, note, "PX", NEWS_MS));
  }

  /**
   * Takes each note once, and no note that is older than one taken before: someone who can write to the server
   * can repeat notes, and must not make breakers doubtful with them.
   */
  private async learn(key: string, breaker: Pick<Breaker, "doubt">): Promise<void> {
    const note = await this.parts.link.run((redis) => redis.getrangeBuffer(key, 0, LONGEST_NOTE));
    const plain = note === null ? null : this.parts.seal.open(key, note);
    if (plain === null) return;
    const [replica, at] = JSON.parse(plain.toString("utf8")) as [string, number];
    const age = this.parts.clock.now() - at;
    const isNew = at > (this.heardAt.get(key) ?? 0) && age <= NEWS_MS + SKEW_MS && age >= -SKEW_MS;
    if (!isNew || replica === this.parts.replica) return;
    this.heardAt.set(key, at);
    breaker.doubt();
  }

  private keyOf(account: string, origin: string): string {
    const host = createHash("sha256").update(origin).digest("base64url").slice(0, 22);
    return `backups:down:${this.parts.callerOf(account)}:${host}`;
  }
}
