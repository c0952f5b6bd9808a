import type { SharedCache } from "../../src/index/replicas.js";

/** What replicas share, in this process. */
export class FakeShared {
  readonly texts = new Map<string, string>();
  readonly ttls = new Map<string, number>();
  private readonly claims = new Map<string, string>();
  /** Counts looks, writes, claims and releases. */
  readonly log: string[] = [];

  /** The shared cache as one replica sees it. */
  of(replica: string, pause: SharedCache["pause"]): SharedCache {
    return {
      get: async (name) => {
        this.log.push(`${replica} get ${name}`);
        return this.texts.get(name) ?? null;
      },
      set: async (name, text, ttlMs) => {
        this.log.push(`${replica} set ${name}`);
        this.texts.set(name, text);
        this.ttls.set(name, ttlMs);
      },
      claim: async (name) => {
        const holder = this.claims.get(name) ?? replica;
        this.claims.set(name, holder);
        return holder === replica;
      },
      release: async (name) => {
        if (this.claims.get(name) === replica) this.claims.delete(name);
      },
      pause,
    };
  }

  get claimed(): number {
    return this.claims.size;
  }
}
