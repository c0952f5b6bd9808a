import type { Backup } from "../domain/backup.js";
import { getOrMake, groupBy } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import { answers, type Freshness, type SliceQuestion } from "../index/sliceStore.js";
import { type Operation, Turns } from "../listing/operation.js";
import { SETTLED, type ListingMemory } from "../listing/read/evidence.js";
import { holds, type Reading, type Slice } from "../paging/slice.js";
import { isShort } from "../providers/instanceList.js";
import { emptySlice, sourceName, type ListedPlace, type Source } from "../sources/source.js";
import type { Engine } from "./engine.js";

/** A slice to be read. */
export interface SliceKey {
  readonly source: Source;
  readonly question: SliceQuestion;
}

/** Lists whose readings begin in one turn of the event loop. */
const AT_ONCE = 250;

/** What the wide list of a region answers. */
type WideAnswers = Promise<ReadonlyMap<SliceKey, Reading<Backup>>>;

/**
 * Reads slices with the fewest calls: one source by itself, many instances of a region through its wide
 * list. Ensures that everything a query needs has been read.
 */
export class Planner {
  constructor(private readonly engine: Engine) {}

  /** The slice if no call is needed, else null. */
  peek({ source, question }: SliceKey): Slice<Backup> | null {
    const { instance } = source;
    const own = source.isUnlisted ? null : source.peek(question);
    if (own !== null || instance === null) return own;
    const wide = this.wide(source)?.peek(question) ?? null;
    return wide === null ? null : ofInstance(wide, instance.nativeId);
  }

  /**
   * Reads a batch, in its order. Each slice arrives by itself, and a failure is that of its own source.
   *
   * Lists that failed last are read after the others, those that failed first before those that failed later:
   * if the operation cannot make all of the calls, all lists have their turn. A few lists that were cut while they
   * settled a doubt for all lists of their listing are read first.
   */
  read(keys: readonly SliceKey[], operation: Operation): Promise<Reading<Backup>>[] {
    const wide = new Map<string, readonly SliceKey[]>();
    for (const [name, group] of groupBy(keys, regionOf)) {
      const bound = group.filter(({ source }) => source.instance !== null);
      if (this.isWideCheaper(bound)) wide.set(name, bound);
    }
    const answers = new Map<string, WideAnswers>();
    const wanted = keys.map((key, index) => {
      const source = wide.has(regionOf(key)) ? this.wide(key.source) : key.source;
      return { key, index, failedAt: source?.failedAt ?? 0, doubts: source?.doubts ?? null };
    });
    const sorted = wanted.toSorted((a, b) => a.failedAt - b.failedAt);
    const settlers = settlersOf(sorted);
    const turns = new Turns(AT_ONCE);
    let hasFailed = false;
    const started: Promise<Reading<Backup>>[] = [];
    const all = settlers.size > 0 ? [...new Set([...settlers, ...sorted])] : sorted;
    for (const [at, list] of all.entries()) {
      const { key, index, failedAt } = list;
      // A reading that was cut goes through what it has received before it needs the next call.
      const isFirstFailed: boolean = failedAt > 0 && !hasFailed && !settlers.has(list);
      hasFailed ||= isFirstFailed;
      const isFirstOther = at > 0 && at === settlers.size;
      if (isFirstFailed || isFirstOther) turns.next();
      started[index] = turns.begin(async () => {
        const name = regionOf(key);
        const bound = wide.get(name);
        if (bound === undefined) return this.readOne(key, operation);
        const read = getOrMake(answers, name, () => this.readThroughWide(bound, operation));
        return (await read).get(key) ?? this.readOne(key, operation);
      });
    }
    return started;
  }

  /** Whether the wide list of a region answers for these instances with fewer calls than their own lists. */
  private isWideCheaper(bound: readonly SliceKey[]): boolean {
    const [first] = bound;
    const wide = first === undefined ? null : this.wide(first.source);
    if (wide === null) return false;
    if (bound.some(({ source }) => source.isUnlisted)) return true;
    const instances = new Set(bound.flatMap(({ source }) => source.instance ?? []));
    return instances.size > wide.pagesFor([...instances]);
  }

  /** Answers what the wide list can. The other instances are read one by one. */
  private async readThroughWide(bound: readonly SliceKey[], operation: Operation): WideAnswers {
    const read = new Map<SliceKey, Reading<Backup>>();
    const { source, question } = leadingOf(bound);
    const giveUpAbove = this.worth(bound);
    const slice = await this.readWide(source, { ...question, giveUpAbove }, operation);
    if (slice === null) return read;
    for (const key of bound) {
      const { instance } = key.source;
      if (slice instanceof SourceError) read.set(key, slice);
      else if (instance !== null && serves(slice, key.question))
        read.set(key, ofInstance(slice, instance.nativeId));
    }
    return read;
  }

  /** The rows of a wide list up to which it takes fewer calls than the lists of these instances. */
  private worth(bound: readonly SliceKey[]): number {
    if (bound.some(({ source }) => source.isUnlisted)) return this.engine.ports.settings.scanRows;
    const [first] = bound as [SliceKey];
    return this.wide(first.source)?.worth(instancesOf(bound)) ?? 1;
  }

  /**
   * A slice of a region's wide list, or why it cannot be read. Null if reading its instances one by one
   * takes fewer calls, or is the only way.
   */
  async readWide(
    place: ListedPlace,
    question: SliceQuestion & { readonly giveUpAbove: number },
    operation: Operation,
  ): Promise<Reading<Backup> | null> {
    const wide = this.wide(place);
    if (wide === null) return null;
    const slice = await wide.read(question, operation);
    if (!(slice instanceof SourceError)) return slice;
    const { runtime, region } = place;
    runtime.wide.note(region.id, slice, false);
    if (slice.kind === "SCAN_LIMIT") {
      // Next time the wide list is known to be too long.
      wide.noteRows(Math.min(question.giveUpAbove, this.engine.ports.settings.scanRows) + 1);
      return null;
    }
    return runtime.wide.allows(region.id) ? slice : null;
  }

  private async readOne(key: SliceKey, operation: Operation): Promise<Reading<Backup>> {
    const kept = this.peek(key);
    if (kept !== null) return kept;
    const { source, question } = key;
    const { runtime, region, instance } = source;
    const isWide = instance === null || source.isUnlisted;
    if (source.isUnlisted && !runtime.wide.allows(region.id)) return emptySlice();
    const own = isWide ? this.engine.source(source, null) : source;
    const slice = await own.read(question, operation);
    if (!(slice instanceof SourceError)) {
      // Old data must not hide that the vendor refuses the list now.
      if (isWide && slice.stale !== null) runtime.wide.note(region.id, slice.stale, false);
      return instance !== null && isWide ? ofInstance(slice, instance.nativeId) : slice;
    }
    if (isWide) {
      runtime.wide.note(region.id, slice, instance === null);
      // An account that may not list whole regions has no list of instances that are gone.
      if (source.isUnlisted && !runtime.wide.allows(region.id)) return emptySlice();
    } else if (slice.kind === "NOT_FOUND") {
      const refusedAt = own.refusedAt ?? this.engine.ports.now();
      if (await this.isGone(key, refusedAt, operation)) return emptySlice();
    }
    return slice;
  }

  /**
   * Whether the instance list too lacks an instance whose backup list is NOT_FOUND: the list as the walk
   * sees it, and if that still shows the instance, a list read after the refusal.
   */
  private async isGone(
    { source, question }: SliceKey,
    refusedAt: number,
    operation: Operation,
  ): Promise<boolean> {
    const { runtime, region, instance } = source;
    const list = runtime.instanceList(region);
    const lacksIt = async (freshness: Freshness): Promise<boolean> => {
      const read = await list.read(freshness, operation);
      // A stale or short list may lack instances that exist.
      if (read instanceof SourceError || read.stale !== null || isShort(read.value)) return false;
      return !read.value.byNativeId.has(instance?.nativeId ?? "");
    };
    return (await lacksIt(question.freshness)) || (await lacksIt({ notBefore: refusedAt }));
  }

  /** The wide list of a region; null if there is none, or if it may not be read now. */
  wide({ runtime, region }: ListedPlace): Source | null {
    if (runtime.product.wide === null || !runtime.wide.allows(region.id)) return null;
    return this.engine.source({ runtime, region }, null);
  }
}

/** Of the lists that may settle a doubt, as many of each listing as it takes. */
function settlersOf<T extends { readonly doubts: ListingMemory | null }>(
  lists: readonly T[],
): ReadonlySet<T> {
  const counts = new Map<ListingMemory, number>();
  const settlers = new Set<T>();
  for (const list of lists) {
    if (list.doubts === null) continue;
    const count = (counts.get(list.doubts) ?? 0) + 1;
    counts.set(list.doubts, count);
    if (count <= SETTLED) settlers.add(list);
  }
  return settlers;
}

const regionOf = ({ source: { runtime, region } }: SliceKey): string =>
  sourceName(runtime.key, region.id, null);

/** The number of instances in a batch. */
const instancesOf = (bound: readonly SliceKey[]): number =>
  new Set(bound.map(({ source }) => source.name)).size;

/** The key that comes first in the walk: its slice may answer the others. */
function leadingOf(keys: readonly SliceKey[]): SliceKey {
  return keys.reduce((first, key) => {
    const isNewest = key.question.direction === "newestFirst";
    const isBefore = isNewest
      ? key.question.instant > first.question.instant
      : key.question.instant < first.question.instant;
    return isBefore ? key : first;
  });
}

/** Whether a slice answers a question. A stale one also does if it begins below the instant. */
function serves(slice: Slice<Backup>, question: SliceQuestion): boolean {
  const { instant, direction } = question;
  if (slice.stale === null) return answers(slice, question);
  return holds(slice, instant) || (direction === "newestFirst" && slice.until <= instant);
}

const parts = new WeakMap<Slice<Backup>, Map<string, Slice<Backup>>>();

/** The part of a wide slice that belongs to one instance. Wide slices are divided once. */
function ofInstance(slice: Slice<Backup>, nativeId: string): Slice<Backup> {
  const byInstance = getOrMake(parts, slice, () => {
    const rows = groupBy(slice.rows, ({ instanceNativeId }) => instanceNativeId);
    return new Map([...rows].map(([id, own]) => [id, { ...slice, rows: own }]));
  });
  return byInstance.get(nativeId) ?? { ...slice, rows: [] };
}
