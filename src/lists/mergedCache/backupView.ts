import { LRUCache } from "lru-cache";
import type { Backup } from "../../domain/backup.js";
import type { Connection } from "../../domain/connection.js";
import { firstInstant, type Direction } from "../../paging/direction.js";
import { MergedView, type HeldSource } from "./mergedView.js";
import type { Page } from "../../paging/takenPage.js";
import { holds, type Slice } from "../../paging/slice.js";
import type { CallRecord } from "../../listing/operation.js";
import type { ProviderRuntime } from "../../providers/provider.js";
import type { SliceWatcher } from "../../index/sliceStore.js";
import type { SourceRef } from "../../engine/sourceRef.js";
import type { Walk } from "../walk.js";
import type { BackupSources, Naming } from "../foundSources.js";
import { freshnessFor, sourceFreshness, type Reader } from "../readContext.js";
import { runtimesIn } from "../scope.js";
import { nameOfPage, questionsOf, type ViewedList } from "../viewedList.js";

/** Rows of a list that are merged at most. */
const VIEW_ROWS = 5_000;
/** Rows that lie so near to each other count as used together. */
const BLOCK_ROWS = 256;
/** Pages of a list that are kept. */
const KEPT_PAGES = 32;
/** How often the slices under a block count as used, at most. Units: milliseconds. */
const USE_MS = 1_000;

/** A page, and what else its view tells of it. */
interface ViewedPage {
  readonly page: Page<Backup>;
  /** Whether there are rows before it. */
  readonly hasBehind: () => boolean;
}

interface ViewedRegion extends Naming {
  /** When the oldest of the slices was read that were merged; epoch milliseconds. */
  oldestAsOf: number;
}

interface ViewedProvider {
  readonly runtime: ProviderRuntime;
  readonly regions: ProviderRuntime["listedRegions"];
  readonly untrusted: number;
}

/**
 * The merge of a list from what is at hand, kept as long as all that it rests on: the lists that named its
 * sources, and the slices that were merged.
 */
export class BackupView implements SliceWatcher {
  /** Null until it is asked for, and when a slice of it has gone. */
  private merged: MergedView<Backup> | null = null;
  private readonly slices = new Set<Slice<Backup>>();
  private readonly usedAt: number[] = [];
  /** By all that they depend on, besides what was merged. */
  private readonly pages = new LRUCache<string, Connection<Backup>>({ max: KEPT_PAGES });
  private readonly regions: readonly ViewedRegion[];
  private readonly providers: readonly ViewedProvider[];
  /** The questions that a merge would have found answered: each list once. */
  readonly calls: readonly CallRecord[];

  constructor(
    reader: Reader,
    private readonly list: Pick<ViewedList, "scope"> & { readonly direction: Direction },
    { namings }: BackupSources,
  ) {
    this.regions = namings.map((naming) => ({ ...naming, oldestAsOf: Number.POSITIVE_INFINITY }));
    this.providers = runtimesIn(reader, list.scope).map((runtime) => ({
      runtime,
      regions: runtime.listedRegions,
      untrusted: runtime.untrusted,
    }));
    this.calls = questionsOf(namings);
  }

  /** Rows that are merged. */
  get rowsHeld(): number {
    return this.merged?.size ?? 0;
  }

  gone(slice: Slice<Backup>): void {
    if (this.slices.has(slice)) this.clear();
  }

  /** Forgets what was merged. */
  clear(): void {
    this.merged = null;
    this.slices.clear();
    this.usedAt.length = 0;
    this.pages.clear();
    for (const region of this.regions) region.oldestAsOf = Number.POSITIVE_INFINITY;
  }

  /** Whether the sources of the list are still these, for a walk that began then. */
  isOf(reader: Reader, walkStart: number): boolean {
    const freshness = freshnessFor(reader, walkStart);
    return (
      this.providers.every(
        ({ runtime, regions, untrusted }) =>
          runtime.listedRegions === regions && runtime.untrusted === untrusted,
      ) &&
      this.regions.every(({ runtime, region, list }) =>
        list === null
          ? runtime.wide.allows(region.id)
          : !runtime.wide.allows(region.id) &&
            runtime.instanceList(region).peek(freshness) === list,
      )
    );
  }

  /** The page that merging what is at hand would give, by `make`; null where that is not enough. */
  page(
    reader: Reader,
    list: ViewedList,
    make: (page: ViewedPage) => Connection<Backup>,
  ): Connection<Backup> | null {
    const { walk } = list;
    if (!this.isFresh(reader, walk.walkStart)) this.clear();
    const merged = (this.merged ??= this.merge(reader, walk.walkStart));
    const name = nameOfPage(list);
    const known = this.pages.get(name);
    const taken = known === undefined ? this.take(reader, list, merged) : null;
    const page = known ?? (taken === null ? null : make(taken));
    if (page === null) return null;
    this.pages.set(name, page);
    this.use(reader, walk);
    return page;
  }

  private take(
    reader: Reader,
    { walk, matches, lookAhead }: ViewedList,
    merged: MergedView<Backup>,
  ): ViewedPage | null {
    const { position, first, end, size: limit } = walk;
    const scanLimit = reader.limits.scanRows;
    const page = merged.page({ position, end, limit, matches, lookAhead, scanLimit });
    // Merging on may have met older data than this walk may be shown.
    if (page === null || !this.isFresh(reader, walk.walkStart)) return null;
    return { page, hasBehind: () => merged.hasBetween(first, position, matches) };
  }

  private isFresh(reader: Reader, walkStart: number): boolean {
    return this.regions.every(
      ({ refs: [ref], oldestAsOf }) =>
        ref === undefined || oldestAsOf >= sourceFreshness(reader, ref, walkStart).notBefore,
    );
  }

  private merge(reader: Reader, walkStart: number): MergedView<Backup> {
    const sources = this.regions.flatMap((region) =>
      region.refs.map((ref) => this.sourceOf(reader, region, { ref, walkStart })),
    );
    return new MergedView(this.list.direction, sources, VIEW_ROWS);
  }

  private sourceOf(
    reader: Reader,
    region: ViewedRegion,
    { ref, walkStart }: { readonly ref: SourceRef; readonly walkStart: number },
  ): HeldSource<Backup> {
    const { planner, engine } = reader;
    const { direction } = this.list;
    const freshness = sourceFreshness(reader, ref, walkStart);
    const peek = (instant: number): Slice<Backup> | null => {
      const slice = planner.peek({ ref, question: { instant, direction, freshness, walkStart } });
      if (slice === null || slice.notices.length > 0) return null;
      if (!engine.memory.watch(slice, this)) return null;
      this.slices.add(slice);
      region.oldestAsOf = Math.min(region.oldestAsOf, slice.asOf);
      return slice;
    };
    return { name: ref.name, peek };
  }

  /** What a page shows is used as if it were read: the slices in which it begins. */
  private use({ engine, startedAt }: Reader, { direction, position }: Walk): void {
    const block = Math.floor((this.merged?.indexAfter(position) ?? 0) / BLOCK_ROWS);
    if (startedAt - (this.usedAt[block] ?? Number.NEGATIVE_INFINITY) < USE_MS) return;
    this.usedAt[block] = startedAt;
    const instant = firstInstant(direction, position);
    for (const slice of this.slices) if (holds(slice, instant)) engine.memory.use(slice);
  }
}
