import { setMaxListeners } from "node:events";
import type { Account } from "../domain/account.js";
import { SourceError } from "../errors.js";
import type { Clock } from "../http/bounds.js";
import type { Source } from "../sources/source.js";
import type { Region } from "../listing/declaration.js";
import type { Engine } from "./engine.js";
import { CallLog, type Operation } from "../listing/operation.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { Rounds } from "../providers/context.js";
import { listingOf } from "./sourceRef.js";

/** What a refresher works with. */
export interface RefresherParts {
  readonly engine: Engine;
  /** Part of each account's quota that it may use, 0 to 1. */
  readonly share: number;
  readonly clock: Clock;
  /** Calls a second of one action of an account. */
  rateOf(account: Account, action: string): number;
}

/** A list that was read this many rounds ago still counts as fresh. */
const FRESH_ROUNDS = 3;

/** What the lists of a provider demand of its quota. Units: calls, calls a second, milliseconds. */
export interface Load {
  /** Calls that read every list once. */
  readonly calls: number;
  readonly rate: number;
  readonly ttlMs: number;
  /** Part of the rate that the refresher may use, 0 to 1. */
  readonly share: number;
}

/** Null if the quota allows reading every list within `ttl`, or if nothing may be kept. */
export function roundsFor({ calls, rate, ttlMs, share }: Load): Rounds | null {
  if (ttlMs === 0 || share === 0 || (calls / rate) * 1_000 <= ttlMs) return null;
  const everyMs = 1_000 / (rate * share);
  return { everyMs, freshMs: Math.max(ttlMs, Math.ceil(FRESH_ROUNDS * calls * everyMs)) };
}

/** Reads under way at once. */
const MOST_READS = 8;
/** How much slower it gets at most, where the vendor throttles. */
const SLOWEST = 16;
/** The least time after which a provider is looked at again that needs nothing. */
const LEAST_REST_MS = 1_000;

/**
 * Keeps the newest slices of providers with more lists than their quota reads within ttl: reads them
 * anew, the oldest first, round after round, within its share of the quota. Of several replicas one does
 * it, and the others take what it shares.
 */
export class Refresher {
  readonly #parts: RefresherParts;
  #stop = new AbortController();
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  start(): void {
    const { engine, share } = this.#parts;
    if (share === 0 || engine.ports.settings.ttlMs === 0) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    // Every call under way listens, and every pause.
    setMaxListeners(0, signal);
    const keepers = [...engine.providers.values()].map((runtime) =>
      new Keeper(this.#parts, runtime, signal).run(),
    );
    this.#work = Promise.all(keepers);
  }

  /** Begins no further read, ends those under way, and resolves when all have ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }
}

/** Keeps the lists of one provider. */
class Keeper {
  readonly #reads = new Set<Promise<void>>();
  #nextAt = 0;
  #slowness = 1;

  constructor(
    private readonly parts: RefresherParts,
    private readonly runtime: ProviderRuntime,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { shared, key, ports } = this.runtime;
    const claim = `refresh ${key}`;
    while (!this.signal.aborted) {
      const sources = await this.#sources();
      const rounds = sources === null ? null : this.#roundsOf(sources);
      if (sources !== null) this.runtime.rounds = rounds;
      const isOurs = rounds !== null && (shared === null || (await shared.claim(claim)));
      if (isOurs) await this.#round(sources as Source[], rounds);
      else await this.#pause(Math.max(LEAST_REST_MS, ports.settings.ttlMs));
    }
    await Promise.all(this.#reads);
    await shared?.release(claim);
  }

  /**
   * The lists of single instances that this provider is read by; null where they cannot be told. Until
   * they are kept, what clients have read has to do: nobody is asked just to find out.
   */
  async #sources(): Promise<Source[] | null> {
    const { runtime } = this;
    const regions = await runtime.regions(this.#lookAt());
    if (regions instanceof SourceError) return null;
    const narrow = regions.filter(({ id }) => !runtime.wide.allows(id));
    const found = await Promise.all(narrow.map((region) => this.#sourcesIn(region)));
    return found.includes(null) ? null : found.flatMap((sources) => sources ?? []);
  }

  async #sourcesIn(region: Region): Promise<Source[] | null> {
    const { runtime } = this;
    const { now, settings } = runtime.ports;
    const notBefore = this.#isKeeping ? now() - settings.ttlMs : Number.NEGATIVE_INFINITY;
    const list = await runtime.instanceList(region).read({ notBefore }, this.#lookAt());
    if (list instanceof SourceError) return null;
    return list.value.instances.flatMap((instance) => {
      const listing = listingOf({ name: "", runtime, region, instance });
      return listing === null ? [] : this.parts.engine.source(runtime, region, listing, instance);
    });
  }

  #roundsOf(sources: readonly Source[]): Rounds | null {
    const { account, product, ports } = this.runtime;
    const calls = sources.reduce((sum, { pages }) => sum + pages, 0);
    const rates = product.perInstance.map(({ action }) => this.parts.rateOf(account, action));
    const { ttlMs } = ports.settings;
    return roundsFor({ calls, rate: Math.min(...rates), ttlMs, share: this.parts.share });
  }

  /** Reads each list once, the oldest first; what others have read meanwhile is passed over. */
  async #round(sources: readonly Source[], { everyMs }: Rounds): Promise<void> {
    const begun = this.parts.clock.now();
    const byAge = sources
      .map((source) => ({ source, asOf: asOf(source) }))
      .sort((a, b) => a.asOf - b.asOf);
    for (const { source } of byAge) {
      if (asOf(source) >= begun) continue;
      if (this.#reads.size >= MOST_READS) await Promise.race(this.#reads);
      await this.#pause(this.#nextAt - this.parts.clock.now());
      if (this.signal.aborted) return;
      this.#nextAt = this.parts.clock.now() + everyMs * this.#slowness;
      this.#begin(source, everyMs);
    }
    await Promise.all(this.#reads);
  }

  #begin(source: Source, everyMs: number): void {
    const read = this.#read(source, everyMs).finally(() => this.#reads.delete(read));
    this.#reads.add(read);
  }

  async #read(source: Source, everyMs: number): Promise<void> {
    const operation = this.#operation();
    const instant = Number.POSITIVE_INFINITY;
    // Whatever is newer than what is held will do: another replica may have just read it.
    const freshness = { notBefore: asOf(source) + 1 };
    const walkStart = this.parts.clock.now();
    const question = { instant, direction: "newestFirst", freshness, walkStart } as const;
    const slice = await source.read(question, operation);
    if (!(slice instanceof SourceError)) this.#slowness = Math.max(1, this.#slowness * 0.95);
    else if (slice.kind === "THROTTLED") this.#slowness = Math.min(SLOWEST, 2 * this.#slowness);
    const calls = operation.calls.list().reduce((sum, { count }) => sum + count, 0);
    this.#nextAt += Math.max(0, calls - 1) * everyMs;
  }

  get #isKeeping(): boolean {
    return this.runtime.rounds !== null;
  }

  #lookAt(): Operation {
    return this.#operation(this.#isKeeping ? Number.POSITIVE_INFINITY : 0);
  }

  #operation(calls = Number.POSITIVE_INFINITY): Operation {
    const { account } = this.runtime;
    const deadline = this.parts.clock.now() + account.upstream.deadlineMs;
    const budget = { left: calls };
    return { signal: this.signal, deadline, calls: new CallLog(), budget };
  }

  /** Waits; ends early where the refresher is stopped. */
  async #pause(ms: number): Promise<void> {
    if (ms > 0) await this.parts.clock.sleep(ms, this.signal).catch(() => undefined);
  }
}

/** When a source's newest slice was read; long ago where there is none. */
const asOf = ({ newestAsOf }: Source): number => newestAsOf ?? Number.NEGATIVE_INFINITY;
