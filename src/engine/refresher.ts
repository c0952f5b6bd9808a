import { setMaxListeners } from "node:events";
import type { Account } from "../domain/account.js";
import { SourceError } from "../errors.js";
import type { Clock } from "../http/bounds.js";
import { EVER } from "../index/sliceStore.js";
import type { Region } from "../listing/declaration.js";
import { CallLog, type Operation } from "../listing/operation.js";
import type { Rounds } from "../providers/context.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { Source } from "../sources/source.js";
import type { Engine } from "./engine.js";

/** A list that was read this many rounds ago still counts as fresh. */
const FRESH_ROUNDS = 3;

/** What the lists of a provider demand of its quota. Units: calls, calls a second, milliseconds. */
interface Load {
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

/** What a refresher works with. */
interface RefresherParts {
  readonly engine: Engine;
  /** Part of each account's quota that it may use, 0 to 1. */
  readonly share: number;
  readonly clock: Clock;
  /** Calls a second of one action of an account. */
  rateOf(account: Account, action: string): number;
}

/** Reads under way at once. */
const MOST_READS = 8;
/** Calls of one list in one round: a list that takes more is left for the next round. */
const MOST_CALLS = 1_000;
/** How much longer the time between two calls gets at most, while the vendor throttles. */
const SLOWEST = 16;
/** The shortest time after which the refresher looks again at a provider that needs nothing. */
const LEAST_REST_MS = 1_000;

/**
 * Reads lists before clients ask for them: the newest slices of providers that have more lists than their
 * quota allows reading within `ttl`. It reads the oldest first, round after round, and uses no more than
 * its share of the quota. Of several replicas one does this, and the others take what it shares.
 */
export class Refresher {
  private isStarted = false;
  private stopping = new AbortController();
  private work: Promise<unknown> = Promise.resolve();

  constructor(private parts: RefresherParts) {}

  start(): void {
    const { engine, share } = this.parts;
    this.isStarted = true;
    if (share === 0 || engine.ports.settings.ttlMs === 0) {
      for (const runtime of engine.providers.values()) runtime.rounds = null;
      return;
    }
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    // Every call and every pause listens to it.
    setMaxListeners(0, signal);
    const keepers = [...engine.providers.values()].map((runtime) =>
      new Keeper(this.parts, runtime, signal).run(),
    );
    this.work = Promise.all(keepers);
  }

  /** Begins no further read, ends those under way, and resolves when all have ended. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopping.abort();
    await this.work;
  }

  /** Continues with the lists of another engine, if it was started. */
  async follow(changed: Pick<RefresherParts, "engine" | "share">): Promise<void> {
    const parts = (this.parts = { ...this.parts, ...changed });
    this.stopping.abort();
    await this.work;
    // Meanwhile it may have been stopped, or asked to follow a third engine.
    if (this.isStarted && this.parts === parts) this.start();
  }
}

/** Keeps the lists of one provider. */
class Keeper {
  private readonly reads = new Set<Promise<void>>();
  /** The calls that each list took when it was last read. */
  private readonly callsOf = new WeakMap<object, number>();
  /** When the next call may be made; epoch milliseconds. */
  private nextAt = 0;
  private slowness = 1;
  /** Reads that wait for a permit. */
  private readonly waiting: (() => void)[] = [];
  private isGranting = false;

  constructor(
    private readonly parts: RefresherParts,
    private readonly runtime: ProviderRuntime,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { runtime } = this;
    const { shared, key, ports } = runtime;
    const claim = `refresh ${key}`;
    while (!this.signal.aborted) {
      const sources = await this.sources();
      if (sources !== null) runtime.rounds = this.roundsOf(sources);
      const { rounds } = runtime;
      const isOurs =
        sources !== null && rounds !== null && (shared === null || (await shared.claim(claim)));
      if (isOurs) await this.round(sources, rounds);
      else await this.pause(Math.max(LEAST_REST_MS, ports.settings.ttlMs));
    }
    await Promise.all(this.reads);
    await shared?.release(claim);
  }

  /** The lists of single instances that this provider is read by; null if they are not known. */
  private async sources(): Promise<Source[] | null> {
    const { runtime } = this;
    const regions = await this.look(runtime, (operation) => runtime.regions(operation));
    if (regions instanceof SourceError) return null;
    const narrow = regions.filter(({ id }) => !runtime.wide.allows(id));
    const found = await Promise.all(narrow.map((region) => this.sourcesIn(region)));
    return found.includes(null) ? null : found.flatMap((sources) => sources ?? []);
  }

  private async sourcesIn(region: Region): Promise<Source[] | null> {
    const { runtime } = this;
    const list = runtime.instanceList(region);
    const fresh = { notBefore: this.parts.clock.now() - runtime.ports.settings.ttlMs };
    const read = await this.look(list, (operation) =>
      list.read(runtime.rounds === null ? EVER : fresh, operation),
    );
    if (read instanceof SourceError) return null;
    const { engine } = this.parts;
    return read.value.instances.map((instance) => engine.source({ runtime, region }, instance));
  }

  private roundsOf(sources: readonly Source[]): Rounds | null {
    const { account, product, ports } = this.runtime;
    const calls = sources.reduce((sum, source) => sum + this.expected(source), 0);
    const rates = product.perInstance.map(({ action }) => this.parts.rateOf(account, action));
    const { ttlMs } = ports.settings;
    return roundsFor({ calls, rate: Math.min(...rates), ttlMs, share: this.parts.share });
  }

  /** Reads each list once, the oldest first; skips those that a client has read meanwhile. */
  private async round(sources: readonly Source[], rounds: Rounds): Promise<void> {
    const begunAt = this.parts.clock.now();
    const byAge = sources
      .map((source) => ({ source, asOf: asOf(source) }))
      .sort((a, b) => a.asOf - b.asOf);
    for (const { source } of byAge) {
      if (asOf(source) >= begunAt) continue;
      if (this.reads.size >= MOST_READS) await Promise.race(this.reads);
      if (this.signal.aborted) return;
      const read = this.read(source, rounds).finally(() => this.reads.delete(read));
      this.reads.add(read);
    }
    await Promise.all(this.reads);
  }

  private async read(source: Source, rounds: Rounds): Promise<void> {
    const instant = Number.POSITIVE_INFINITY;
    // Anything newer than what is kept will do: another replica may just have read it.
    const freshness = { notBefore: asOf(source) + 1 };
    const walkStart = this.parts.clock.now();
    const question = { instant, direction: "newestFirst", freshness, walkStart } as const;
    const slice = await this.paced(source, rounds, (operation) => source.read(question, operation));
    if (!(slice instanceof SourceError)) this.slowness = Math.max(1, this.slowness * 0.95);
    else if (slice.kind === "THROTTLED") this.slowness = Math.min(SLOWEST, 2 * this.slowness);
  }

  /**
   * Reads one of the lists that name the sources. Until the provider is kept, only what clients or other
   * replicas have read counts, and no call is made.
   */
  private look<T>(
    list: object,
    read: (operation: Operation) => Promise<T | SourceError>,
  ): Promise<T | SourceError> {
    const { rounds } = this.runtime;
    return rounds === null ? read(this.operation(0)) : this.paced(list, rounds, read);
  }

  /**
   * Reads a list within the share, however many calls it takes: each part of the reading waits for a
   * permit and makes one call, and the next part continues behind it.
   */
  private async paced<T>(
    list: object,
    { everyMs }: Rounds,
    read: (operation: Operation) => Promise<T | SourceError>,
  ): Promise<T | SourceError> {
    for (let used = 0; ;) {
      await this.permit(everyMs, used > 0);
      const operation = this.operation(1);
      const result = await read(operation);
      used += 1 - operation.budget.left;
      if (this.needsCall(result, operation) && used < MOST_CALLS) continue;
      this.nextAt -= operation.budget.left * everyMs * this.slowness;
      if (used > 0) this.callsOf.set(list, used);
      return result;
    }
  }

  /** Whether a reading ended because it had made its one call. */
  private needsCall(result: unknown, { budget, deadline }: Operation): boolean {
    const isCut = result instanceof SourceError && result.kind === "CUT" && budget.left === 0;
    return isCut && !this.signal.aborted && this.parts.clock.now() < deadline;
  }

  /** The calls that a list is expected to take. */
  private expected(source: Source): number {
    return this.callsOf.get(source) ?? source.pages;
  }

  /** Waits until the share allows a call. A list that was begun goes before those that were not. */
  private permit(everyMs: number, isBegun: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (isBegun) this.waiting.unshift(resolve);
      else this.waiting.push(resolve);
      if (!this.isGranting) void this.grant(everyMs);
    });
  }

  private async grant(everyMs: number): Promise<void> {
    const { clock } = this.parts;
    this.isGranting = true;
    while (this.waiting.length > 0) {
      await this.pause(this.nextAt - clock.now());
      this.nextAt = Math.max(clock.now(), this.nextAt) + everyMs * this.slowness;
      this.waiting.shift()?.();
    }
    this.isGranting = false;
  }

  private operation(calls: number): Operation {
    const { account } = this.runtime;
    const deadline = this.parts.clock.now() + account.upstream.deadlineMs;
    return { signal: this.signal, deadline, calls: new CallLog(), budget: { left: calls } };
  }

  /** Waits; returns early when the refresher is stopped. */
  private async pause(ms: number): Promise<void> {
    if (ms > 0) await this.parts.clock.sleep(ms, this.signal).catch(() => undefined);
  }
}

/** When a source's newest slice was read; long ago if it was not. */
const asOf = ({ newestAsOf }: Source): number => newestAsOf ?? Number.NEGATIVE_INFINITY;
