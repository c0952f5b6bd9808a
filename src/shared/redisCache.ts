import { pause } from "../http/bounds.js";
import type { SharedCache } from "../index/replicas.js";
import { Script, type SharingParts } from "./link.js";
import { pack, unpack, type Seal } from "./seal.js";

/** How long a claim outlives the replica that held it. */
const CLAIM_MS = 3_000;
/** Bytes. Larger values are neither written nor read: they would delay all other commands. */
const LARGEST_VALUE = 1_000_000;

/** Claims a key, whatever its type. A claim that would last too long is shortened. */
const CLAIM = new Script(`
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`);

/** Prolongs the claims that this replica holds or that the server lost. Returns those that others hold. */
const RENEW = new Script(`
local lost = {}
for _, key in ipairs(KEYS) do
  local holder = redis.pcall('GET', key)
  if holder and holder ~= ARGV[1] then table.insert(lost, key)
  else redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
end
return lost`);

const RELEASE = new Script(`
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** What replicas share through Redis or Valkey. */
export class RedisCache {
  private readonly claims = new Set<string>();
  private readonly end = new AbortController();
  private renewing = false;

  constructor(private readonly parts: Omit<SharingParts, "callerOf"> & { readonly seal: Seal }) {}

  /** What replicas share while their `identity` is the same; nothing while it is null. */
  of(identity: () => Promise<string | null>): SharedCache {
    const { link, seal, clock, replica } = this.parts;
    const keyOf = async (kind: string, name: string): Promise<string | null> => {
      const own = await identity();
      return own === null ? null : `backups:${kind}:${seal.name([kind, own, name])}`;
    };
    // The identity may change before a claim is released.
    const claimed = new Map<string, string>();
    return {
      get: async (name) => {
        const key = await keyOf("value", name);
        if (key === null) return null;
        // A range, so that nobody can make this process load more than a value may have.
        const value = await link.run((redis) => redis.getrangeBuffer(key, 0, LARGEST_VALUE));
        const packed = value === null ? null : seal.open(key, value);
        return packed === null ? null : unpack(packed);
      },
      set: async (name, text, ttlMs) => {
        const key = await keyOf("value", name);
        if (key === null || ttlMs <= 0 || !link.isUp) return;
        const value = seal.seal(key, await pack(text));
        if (value.length > LARGEST_VALUE) return;
        await link.run((redis) => redis.set(key, value, "PX", Math.ceil(ttlMs)));
      },
      claim: async (name) => {
        const key = await keyOf("claim", name);
        if (key === null) return true;
        const isGranted = await this.claim(key);
        if (isGranted) claimed.set(name, key);
        return isGranted;
      },
      release: async (name) => {
        const key = claimed.get(name);
        claimed.delete(name);
        if (key === undefined || !this.claims.delete(key)) return;
        await link.run((redis) => RELEASE.run(redis, [key], [replica]));
      },
      pause: (ms, signal) => pause(clock, ms, { signal }),
    };
  }

  /** Stops prolonging claims, so that they expire. */
  close(): void {
    this.claims.clear();
    this.end.abort();
  }

  private async claim(key: string): Promise<boolean> {
    if (this.claims.has(key)) return true;
    const granted = await this.parts.link.run((redis) =>
      CLAIM.run(redis, [key], [this.parts.replica, CLAIM_MS]),
    );
    if (granted === 1) {
      this.claims.add(key);
      if (!this.renewing) void this.renew();
    }
    return granted !== 0;
  }

  /** Prolongs all claims for as long as there are any. */
  private async renew(): Promise<void> {
    this.renewing = true;
    while (this.claims.size > 0 && !this.end.signal.aborted) {
      await this.parts.clock.sleep(CLAIM_MS / 3, this.end.signal).catch(() => undefined);
      // Reads the claims when the command is sent: a claim that was released meanwhile is not retaken.
      const lost = await this.parts.link.run((redis) =>
        RENEW.run(redis, [...this.claims], [this.parts.replica, CLAIM_MS]),
      );
      if (Array.isArray(lost)) for (const key of lost) this.claims.delete(String(key));
    }
    this.renewing = false;
  }
}
