import { LRUCache } from "lru-cache";
import type { Backup } from "../../domain/backup.js";
import type { Connection } from "../../domain/connection.js";
import type { Key } from "../../domain/id.js";
import type { CallCount } from "../../domain/reads.js";
import type { Planner } from "../../engine/planner.js";
import {
  type EngineSettings,
  freshnessOf,
  type SliceMemory,
  type SliceWatcher,
} from "../../index/sliceStore.js";
import { CallLog } from "../../listing/operation.js";
import type { Cursors } from "../../paging/cursor.js";
import { firstInstant, type Direction } from "../../paging/direction.js";
import { PageTaker } from "../../paging/page.js";
import { holds, type MergeSource, type Slice } from "../../paging/slice.js";
import type { ProviderRuntime } from "../../providers/provider.js";
import type { Source } from "../../sources/source.js";
import { PageConnection } from "../connection.js";
import { runtimesIn } from "../places.js";
import type { PageOfList } from "../filters.js";
import { begun, NO_SOURCES } from "../walk.js";
import { MergedRows } from "./mergedRows.js";
import type { AskingOperation, MergedPages, NamedRegion, NamedSources } from "./plain.js";

/** Lists whose merge is kept. */
const KEPT_LISTS = 16;
/** Rows of a list that are merged at most. */
const KEPT_ROWS = 5_000;
/** Pages of a list that are kept. */
const KEPT_PAGES = 32;
/** Rows this near to each other count as used together. */
const BLOCK_ROWS = 256;
/** How often the slices under a block count as used, at most. Units: milliseconds. */
const USE_MS = 1_000;

/** What merges are kept for. */
interface KeptParts {
  readonly planner: Planner;
  readonly memory: SliceMemory;
  readonly settings: EngineSettings;
  readonly cursors: Cursors;
}

/**
 * Keeps the merge of a list as long as the slices and the instance lists under it do not change.
 *
 * A page over 1,000 cached sources then takes as long as one over 10. If they were merged for every page, it
 * would take more than three times as long.
 */
export class KeptMerges implements MergedPages {
  private readonly merges = new LRUCache<string, KeptMerge>({
    max: KEPT_LISTS,
    dispose: (merge) => merge.clear(),
  });

  constructor(private readonly parts: KeptParts) {}

  find(
    list: PageOfList,
    operation: AskingOperation,
    count: () => Promise<number | null>,
  ): Connection<Backup> | null {
    const merge = this.isKept(list) ? this.merges.get(nameOf(list, operation)) : undefined;
    if (merge?.isNamedStill(list, operation) !== true) return null;
    const page = merge.page(list, operation);
    if (page === null) return null;
    for (const { vendor, action, cached } of merge.calls)
      operation.operation.calls.add(vendor, action, { cached });
    return page.countedBy(count);
  }

  keep(list: PageOfList, operation: AskingOperation, sources: NamedSources): void {
    if (!this.isKept(list)) return;
    const name = nameOf(list, operation);
    // A page that the kept merge could not give lies too deep, or needed slices that were not cached.
    if (this.merges.get(name)?.isNamedStill(list, operation) === true) return;
    this.merges.set(name, new KeptMerge(this.parts, list, operation, sources));
  }

  /** Forgets every merge. */
  clear(): void {
    this.merges.clear();
  }

  /** Rows that are kept, of all lists. */
  get rows(): number {
    return [...this.merges.values()].reduce((sum, { rowsHeld }) => sum + rowsHeld, 0);
  }

  /** Lists of chosen instances are quickly merged, and too many to keep. */
  private isKept({ scope, walk }: PageOfList): boolean {
    const { ttlMs } = this.parts.settings;
    const isChosen = scope.instances !== null || scope.selection !== null;
    return ttlMs > 0 && walk.owed.length === 0 && !isChosen;
  }
}

/** The caller's providers, the scope and the direction decide what is merged. */
function nameOf({ scope, walk }: PageOfList, { providers: visible }: AskingOperation): string {
  const { vendors, providers, regions } = scope;
  return JSON.stringify([[...visible.keys()], vendors, providers, regions, walk.direction]);
}

/** The merge of one list. */
class KeptMerge implements SliceWatcher {
  readonly calls: readonly CallCount[];
  private readonly direction: Direction;
  private readonly sources: NamedSources;
  private readonly providers: readonly NamedProvider[];
  /** Null until it is needed, and again once a slice in it is gone. */
  private merged: MergedRows<Backup> | null = null;
  private readonly slices = new Set<Slice<Backup>>();
  private usedAt: number[] = [];
  private readonly pages = new LRUCache<string, PageConnection<Backup, Backup>>({
    max: KEPT_PAGES,
  });

  constructor(
    private readonly parts: KeptParts,
    { scope, walk }: PageOfList,
    operation: AskingOperation,
    sources: NamedSources,
  ) {
    this.direction = walk.direction;
    this.sources = { regions: sources.regions, freshUntil: sources.freshUntil };
    this.providers = runtimesIn(operation, scope).map((runtime) => ({
      runtime,
      regions: runtime.listedRegions,
      untrusted: runtime.untrusted,
    }));
    this.calls = callsOf(sources.regions);
  }

  get rowsHeld(): number {
    return this.merged?.size ?? 0;
  }

  gone(slice: Slice<Key>): void {
    if (this.slices.has(slice as Slice<Backup>)) this.clear();
  }

  clear(): void {
    this.merged = null;
    this.slices.clear();
    this.usedAt = [];
    this.pages.clear();
  }

  /** Whether the same lists still name the same sources, for this walk. */
  isNamedStill({ walk }: PageOfList, { startedAt }: AskingOperation): boolean {
    const freshness = freshnessOf(this.parts.settings, walk.freshFor, startedAt);
    return (
      this.providers.every(
        ({ runtime, regions, untrusted }) =>
          runtime.listedRegions === regions && runtime.untrusted === untrusted,
      ) &&
      this.sources.regions.every(({ runtime, region, list }) =>
        list === null
          ? runtime.wide.allows(region.id)
          : !runtime.wide.allows(region.id) &&
            runtime.instanceList(region).peek(freshness) === list,
      )
    );
  }

  /** The page that merging the cached slices again would give; null if it needs other slices. */
  page(list: PageOfList, operation: AskingOperation): PageConnection<Backup, Backup> | null {
    if (!this.isFresh(list, operation)) this.clear();
    const name = nameOfPage(list);
    const page = this.pages.get(name) ?? this.take(list, operation);
    if (page === null) return null;
    this.pages.set(name, page);
    this.use(list.walk.position, operation.startedAt);
    return page;
  }

  private take(
    list: PageOfList,
    operation: AskingOperation,
  ): PageConnection<Backup, Backup> | null {
    const { walk, matches, lookAhead, scanRows: scanLimit } = list;
    const { position, first, end, size: limit } = walk;
    // A walk that begins at a bound does not use the slices before it, which are merged here.
    if (walk.isNew && first !== null) return null;
    const merged = (this.merged ??= this.mergeFor(list, operation));
    const rows = merged.from(position, end);
    if (rows === null) return null;
    const state = { position, debts: [] };
    const about = { direction: this.direction, sources: [], state };
    const request = { ...about, end, limit, matches, lookAhead, scanLimit };
    const page = new PageTaker(request, rows).peek();
    // Merging further may have met slices that are too old for this walk.
    if (page === null || page.scanned || !this.isFresh(list, operation)) return null;
    const freshUntil = Math.min(page.freshUntil, this.sources.freshUntil);
    return new PageConnection({
      walk: begun(walk, page, { freshUntil, latest: freshUntil }),
      found: NO_SOURCES,
      page,
      issues: [],
      cursors: this.parts.cursors,
      matches,
      nodeOf: (row) => row,
      count: async () => null,
      hasBehind: () => merged.hasBetween(first, position, matches),
    });
  }

  /** Whether every slice that was merged is fresh for this walk. */
  private isFresh({ walk }: PageOfList, { startedAt }: AskingOperation): boolean {
    return this.merged === null || this.merged.freshUntil >= Math.min(walk.freshFor, startedAt);
  }

  private mergeFor(list: PageOfList, operation: AskingOperation): MergedRows<Backup> {
    const named = this.sources.regions.flatMap(({ sources }) => sources);
    const sources = named.map((source) => this.mergeSourceOf(source, list, operation));
    return new MergedRows(this.direction, sources, KEPT_ROWS);
  }

  /** Merges only cached slices of a source, as long as they have nothing to report. */
  private mergeSourceOf(
    source: Source,
    { walk: { walkStart, freshFor } }: PageOfList,
    { startedAt }: AskingOperation,
  ): MergeSource<Backup> {
    const { parts, direction } = this;
    const { name, freshMs, place } = source;
    const freshness = freshnessOf(parts.settings, freshFor, startedAt, freshMs);
    const peek = (instant: number): Slice<Backup> | null => {
      const question = { instant, direction, freshness, walkStart };
      const slice = parts.planner.peek({ source, question });
      if (slice === null || slice.notices.length > 0) return null;
      if (!parts.memory.watch(slice, this)) return null;
      this.slices.add(slice);
      return slice;
    };
    const read = () => Promise.reject(new RangeError("A kept merge reads nothing."));
    return { name, place, low: null, high: null, freshMs, peek, read };
  }

  /** Counts the slices in which a page begins as used, as if they had been read for it. */
  private use(position: Key, startedAt: number): void {
    const block = Math.floor((this.merged?.indexAfter(position) ?? 0) / BLOCK_ROWS);
    if (startedAt - (this.usedAt[block] ?? Number.NEGATIVE_INFINITY) < USE_MS) return;
    this.usedAt[block] = startedAt;
    const instant = firstInstant(this.direction, position);
    for (const slice of this.slices) if (holds(slice, instant)) this.parts.memory.use(slice);
  }
}

/** What a provider's sources depend on, besides its instance lists. */
interface NamedProvider {
  readonly runtime: ProviderRuntime;
  readonly regions: ProviderRuntime["listedRegions"];
  readonly untrusted: number;
}

/** What cursors are bound to also says what matches. A walk that begins has no start of its own yet. */
function nameOfPage({ walk, lookAhead }: PageOfList): string {
  const { fingerprint, walkStart, isNew, backwards, size, position, end, resumed } = walk;
  const keys = [position.startedAt, position.id, end?.startedAt, end?.id];
  const start = isNew ? "new" : walkStart;
  const parts = [fingerprint.toString("latin1"), start, backwards, size, resumed, lookAhead];
  return [...parts, ...keys].join(" ");
}

/** What a merge counts as answered from the cache: each list once. */
function callsOf(regions: readonly NamedRegion[]): readonly CallCount[] {
  const log = new CallLog();
  for (const { runtime, list, sources } of regions) {
    const { vendor } = runtime.account;
    for (const { listing } of sources) log.add(vendor, listing.action, { cached: 1 });
    if (list !== null) runtime.countKeptInstances(log);
  }
  return log.list();
}
