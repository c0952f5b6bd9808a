import type { Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import type { SourceError } from "../errors.js";
import type { Direction } from "../paging/direction.js";
import { holds, type Slice } from "../paging/slice.js";

/** What is read and how long it is kept. Units: milliseconds, rows. */
export interface EngineSettings {
  /** How long what was read is fresh; 0 keeps nothing beyond an operation. */
  readonly ttlMs: number;
  /** How long old data may stand in for a read that failed. */
  readonly staleIfErrorMs: number;
  /** The most rows of one slice. */
  readonly scanRows: number;
  /** The most rows kept in memory, over all sources. */
  readonly cacheRows: number;
}

/** How old data may be that answers a question. */
export interface Freshness {
  /** Data read before this instant is read again; epoch milliseconds. */
  readonly notBefore: number;
  /**
   * A failure counts as an answer if it is not older than this, and what the limits of an operation leave
   * unread after an older one is CUT. As `notBefore` if it is absent; epoch milliseconds.
   */
  readonly failedSince?: number;
}

/** Data of any age. */
export const EVER: Freshness = { notBefore: Number.NEGATIVE_INFINITY };

/**
 * How old data may be for a walk that began at `walkStart`: what was read for a walk stays good until the
 * walk has passed it, because it holds every row that lives through the walk. `freshMs` replaces `ttlMs`
 * for lists that the refresher keeps in rounds. A failure counts for `ttlMs` only: lists that are fresh for
 * longer would otherwise not be requested again as long as others use up the limits of each operation.
 */
export function freshnessOf(
  { ttlMs }: EngineSettings,
  walkStart: number,
  operationStart: number,
  freshMs = ttlMs,
): Freshness {
  if (ttlMs === 0) return { notBefore: operationStart };
  const start = Math.min(walkStart, operationStart);
  return { notBefore: start - freshMs, failedSince: start - ttlMs };
}

/** The vendor's clock may differ this much from ours unnoticed, so newer rows may be missing from a list. */
export const CLOCK_MARGIN_MS = 10 * 60_000;
/** Old slices end at multiples of this, so that cursors can name many sources that are stale at one key. */
const STALE_GRAIN_MS = 10_000;

/** What one slice is read for. */
export interface SliceQuestion {
  /** The slice must hold this instant; epoch milliseconds. */
  readonly instant: number;
  readonly direction: Direction;
  readonly freshness: Freshness;
  /** When the walk began, which fixes how far back it goes; epoch milliseconds. */
  readonly walkStart: number;
  /** More rows, or a vendor's total above this, end the reading, because another way is cheaper. */
  readonly giveUpAbove?: number;
}

/** Whether a fresh slice answers a question. */
export const answers = (
  slice: Slice<Key>,
  { instant, freshness }: Pick<SliceQuestion, "instant" | "freshness">,
): boolean => holds(slice, instant) && slice.asOf >= freshness.notBefore;

/** The slices of one source; they do not overlap. */
export class SliceStore<T extends Key> implements SliceKeeper {
  private slices: Slice<T>[] = [];

  constructor(private readonly memory: SliceMemory) {}

  /** The slice that holds `instant`, if it was read at or after `notBefore`. */
  at(instant: number, notBefore: number): Slice<T> | null {
    const found = this.slices.find((slice) => holds(slice, instant));
    if (found === undefined || found.asOf < notBefore) return null;
    this.memory.use(found);
    return found;
  }

  /** When the slice with the newest rows was read; null if there is none. Does not count as a use. */
  get newestAsOf(): number | null {
    return this.slices.find(({ until }) => until === Number.POSITIVE_INFINITY)?.asOf ?? null;
  }

  /** Keeps a slice in place of what older ones hold of the same span. */
  put(slice: Slice<T>): void {
    const rest = this.slices.flatMap((old) => without(old, slice));
    this.hold([slice, ...rest]);
  }

  /** Keeps a slice unless a newer one overlaps it. */
  offer(slice: Slice<T>): void {
    const overlapping = this.slices.filter(
      ({ since, until }) => since < slice.until && slice.since < until,
    );
    if (overlapping.every(({ asOf }) => asOf <= slice.asOf)) this.put(slice);
  }

  /** Gives up the older half of a slice's rows, or all of one that cannot be divided. */
  shorten(slice: Slice<Key>): Slice<Key> | null {
    const newer = newerHalf(slice as Slice<T>);
    this.slices = this.slices.flatMap((held) => (held === slice ? (newer ?? []) : held));
    return newer;
  }

  clear(): void {
    this.hold([]);
  }

  private hold(slices: Slice<T>[]): void {
    const before = this.slices;
    this.slices = slices;
    for (const slice of before) if (!slices.includes(slice)) this.memory.remove(slice);
    for (const slice of slices) if (!before.includes(slice)) this.memory.add(slice, this);
  }

  /**
   * Old data for a walk that stands at `instant`, after reading it again failed.
   *
   * A slice read at A shows starts up to A: it is cut there, so that newer rows count as missing. A walk
   * from the newest row gets the nearest slice at or below the instant. `marginMs` is how much earlier the
   * rows may start that the vendor did not show yet.
   */
  staleAt(
    { instant, direction }: Pick<SliceQuestion, "instant" | "direction">,
    notBefore: number,
    error: SourceError,
    marginMs: number,
  ): Slice<T> | null {
    const usable = this.slices
      .filter(({ asOf }) => asOf >= notBefore)
      .map((slice) => clipped(slice, error, marginMs))
      .filter(({ since, until }) => since < until);
    const holding = usable.find((slice) => slice.since <= instant && instant < slice.until);
    if (holding !== undefined || direction === "oldestFirst") return holding ?? null;
    const below = usable.filter(({ until }) => until <= instant);
    below.sort((a, b) => b.until - a.until);
    return below[0] ?? null;
  }
}

/** The parts of `old` outside the span of `slice`. */
function without<T extends Key>(old: Slice<T>, slice: Slice<T>): Slice<T>[] {
  if (old.until <= slice.since || slice.until <= old.since) return [old];
  const below = cutTo(old, old.since, slice.since);
  const above = cutTo(old, slice.until, old.until);
  return [above, below].filter(({ since, until }) => since < until);
}

function cutTo<T extends Key>(slice: Slice<T>, since: number, until: number): Slice<T> {
  const rows = slice.rows.filter((row) => row.startedAt >= since && row.startedAt < until);
  return { ...slice, since, until, rows };
}

function clipped<T extends Key>(slice: Slice<T>, stale: SourceError, marginMs: number): Slice<T> {
  const shown = Math.floor((slice.asOf - marginMs) / STALE_GRAIN_MS) * STALE_GRAIN_MS;
  const until = Math.min(slice.until, shown);
  return { ...cutTo(slice, slice.since, until), stale };
}

/** The newer half of a slice; null if its rows cannot be divided by their start. */
function newerHalf<T extends Key>(slice: Slice<T>): Slice<T> | null {
  const { rows, until } = slice;
  const since = rows[Math.ceil(rows.length / 2) - 1]?.startedAt;
  if (since === undefined) return null;
  const newer = cutTo(slice, since, until);
  return newer.rows.length < rows.length ? newer : null;
}

/** Keeps slices, and gives up rows when memory is full. */
interface SliceKeeper {
  /** Shortens a slice at its old end; null if it gives up all of it. */
  shorten(slice: Slice<Key>): Slice<Key> | null;
}

/** Depends on slices, and is called when one of them is gone. */
export interface SliceWatcher {
  gone(slice: Slice<Key>): void;
}

// A slice without rows takes memory too.
const weightOf = (slice: Slice<Key>): number => slice.rows.length + 8;

/**
 * Bounds the rows that all sources hold together.
 *
 * When there are too many, the least recently used slice loses its older half and goes to the end of
 * the queue; one that cannot be divided is dropped. Short slices are divided too: a first page over more
 * lists than memory holds whole would otherwise drop some of them each time, and never be complete. A walk
 * uses the slices it stands in on every page, so those it has passed go first, and the newest rows of a
 * source, with which most pages begin, go last.
 */
export class SliceMemory {
  /** Least recently used first. */
  private readonly keepers = new Map<Slice<Key>, SliceKeeper>();
  private readonly watchers = new Map<Slice<Key>, Set<SliceWatcher>>();
  private weight = 0;

  constructor(private readonly rows: number) {}

  /** Rows held, plus eight for each slice. */
  get size(): number {
    return this.weight;
  }

  add(slice: Slice<Key>, keeper: SliceKeeper): void {
    this.insert(slice, keeper);
    for (const [held, itsKeeper] of this.keepers) {
      if (this.weight <= this.rows) return;
      const newer = itsKeeper.shorten(held);
      this.remove(held);
      if (newer !== null) this.insert(newer, itsKeeper);
    }
  }

  use(slice: Slice<Key>): void {
    const keeper = this.keepers.get(slice);
    if (keeper === undefined) return;
    this.keepers.delete(slice);
    this.keepers.set(slice, keeper);
  }

  remove(slice: Slice<Key>): void {
    if (!this.keepers.delete(slice)) return;
    this.weight -= weightOf(slice);
    const watchers = this.watchers.get(slice) ?? [];
    this.watchers.delete(slice);
    for (const watcher of watchers) watcher.gone(slice);
  }

  /** Calls the watcher once when the slice is gone; false if it is not held. */
  watch(slice: Slice<Key>, watcher: SliceWatcher): boolean {
    if (!this.keepers.has(slice)) return false;
    getOrMake(this.watchers, slice, () => new Set<SliceWatcher>()).add(watcher);
    return true;
  }

  private insert(slice: Slice<Key>, keeper: SliceKeeper): void {
    this.keepers.set(slice, keeper);
    this.weight += weightOf(slice);
  }
}
