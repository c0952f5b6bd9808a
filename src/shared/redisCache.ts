import { pause, type Clock } from "../http/bounds.js";
import type { SharedCache } from "../index/replicas.js";
import type { RedisLink } from "./link.js";
import { pack, unpack } from "./packed.js";
import { Script } from "./script.js";
import type { Seal } from "./seal.js";

/** How long a claim outlives the replica that held it. */
const CLAIM_MS = 3_000;
/** Larger values are not shared: they would hold up all others on their way. */
const LONGEST_VALUE = 1_000_000;

/** Prolongs the claims that are ours or that the server lost; tells which others took meanwhile. */
const RENEW = new Script(`
local lost = {}
for _, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if holder and holder ~= ARGV[1] then table.insert(lost, key)
  else redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
end
return lost`);

const RELEASE = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** What replicas share through a server that speaks Redis. */
export class RedisCache {
  readonly #link: RedisLink;
  readonly #seal: Seal;
  readonly #clock: Clock;
  readonly #replica: string;
  readonly #claims = new Set<string>();
  readonly #end = new AbortController();
  #renewing = false;

  /** `replica` is unique among all replicas. */
  constructor(parts: {
    readonly link: RedisLink;
    readonly seal: Seal;
    readonly clock: Clock;
    readonly replica: string;
  }) {
    this.#link = parts.link;
    this.#seal = parts.seal;
    this.#clock = parts.clock;
    this.#replica = parts.replica;
  }

  /** What is shared by those who are the same `identity`. */
  of(identity: string): SharedCache {
    const keyOf = (kind: string, name: string): string =>
      `backups:${kind}:${this.#seal.name([kind, identity, name])}`;
    return {
      get: (name) => this.#get(keyOf("value", name)),
      set: (name, text, ttlMs) => this.#set(keyOf("value", name), text, ttlMs),
      claim: (name) => this.#claim(keyOf("claim", name)),
      release: (name) => this.#release(keyOf("claim", name)),
      pause: (ms, signal) => pause(this.#clock, ms, { signal }),
    };
  }

  /** Lets claims run out that are still held. */
  close(): void {
    this.#claims.clear();
    this.#end.abort();
  }

  async #get(key: string): Promise<string | null> {
    const value = await this.#link.run((redis) => redis.get(key));
    const packed = value === null ? null : this.#seal.open(key, value);
    return packed === null ? null : unpack(packed);
  }

  async #set(key: string, text: string, ttlMs: number): Promise<void> {
    if (ttlMs <= 0 || !this.#link.isUp) return;
    const value = this.#seal.seal(key, await pack(text));
    if (value.length > LONGEST_VALUE) return;
    await this.#link.run((redis) => redis.set(key, value, "PX", Math.ceil(ttlMs)));
  }

  async #claim(key: string): Promise<boolean> {
    if (this.#claims.has(key)) return true;
    const granted = await this.#link.run(async (redis) => {
      return (await redis.set(key, this.#replica, "PX", CLAIM_MS, "NX")) === "OK";
    });
    if (granted === true) {
      this.#claims.add(key);
      if (!this.#renewing) void this.#renew();
    }
    return granted ?? true;
  }

  async #release(key: string): Promise<void> {
    if (!this.#claims.delete(key)) return;
    await this.#link.run((redis) => RELEASE.run(redis, [key], [this.#replica]));
  }

  /** Prolongs all claims, as long as there are any. */
  async #renew(): Promise<void> {
    this.#renewing = true;
    while (this.#claims.size > 0 && !this.#end.signal.aborted) {
      await this.#clock.sleep(CLAIM_MS / 3, this.#end.signal).catch(() => undefined);
      // The claims of the moment at which it is sent: one that was released meanwhile is not taken back.
      const lost = await this.#link.run((redis) =>
        RENEW.run(redis, [...this.#claims], [this.#replica, CLAIM_MS]),
      );
      if (Array.isArray(lost)) for (const key of lost) this.#claims.delete(String(key));
    }
    this.#renewing = false;
  }
}
