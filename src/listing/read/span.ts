import type { Direction } from "../../paging/direction.js";
import type { ListNotice, PageQuestion, WindowShape } from "../shape.js";
import type { Item, ListReading } from "./page.js";

/** How far ahead of ours a vendor's clock may be. */
export const AHEAD_MS = 86_400_000;

/** The bounds of a reading; epoch milliseconds. */
export interface Bounds {
  /** No row is older: the instance's creation, or the configured lookback. */
  readonly lowest: number;
  /**
   * How far back a window of all rows reaches, at no further cost; `lowest` if absent. A restored or
   * migrated instance has backups that are older than it.
   */
  readonly earliest?: number;
  /** No row is newer, whatever the vendor's clock says: `AHEAD_MS` ahead of ours. */
  readonly newest: number;
}

/** A span of starts `[since, until)`; an infinite bound is an end of time. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** What is remembered of one source, so that the window of its next slice has the right width. */
export interface SourceMemory {
  /** The source does not fit one page. */
  large: boolean;
  /** The estimated number of its rows. */
  rows: number;
  /** Rows a millisecond in the last answer. */
  density: number | null;
  /** The last window had no row. */
  lastEmpty: boolean;
  /** Its reading has not yet shown whether a hidden cap cut its page, which may settle it for other lists too. */
  inDoubt: boolean;
  /** Outcomes of readings that were short and that asking again confirmed; see `settle` in counting.ts. */
  agreed: readonly string[];
}

export const newSourceMemory = (): SourceMemory => ({
  large: false,
  rows: 0,
  density: null,
  lastEmpty: false,
  inDoubt: false,
  agreed: [],
});

/** A request for the slice that holds an instant. */
export interface SpanRequest<R extends Item> extends ListReading<R> {
  readonly source: SourceMemory;
  /** Names the list among those that share `memory`; if absent, `source` identifies it. */
  readonly name?: string;
  readonly instant: number;
  readonly direction: Direction;
  readonly bounds: Bounds;
  /** Rows that start within this time of each other may be parts of one backup; 0 where none are. */
  readonly groupMs: number;
  /** Whether an error says that the window is too wide. */
  readonly isTooWide: (error: unknown) => boolean;
}

/**
 * A span that was read whole. `items` holds each row once, and may hold rows outside the span, which complete
 * groups at its edges.
 */
export interface SpanRead<R extends Item> extends Span {
  readonly items: readonly R[];
  /** Every group that starts here or later is whole in `items`. */
  readonly wholeFrom: number;
  readonly notices: readonly ListNotice[];
}

/** The span of a given width that begins at `instant` and extends in the direction of the walk. */
export function spanAt(
  instant: number,
  direction: Direction,
  wanted: number,
  { lowest, newest }: Bounds,
): Span {
  const width = Math.max(1, Math.floor(wanted));
  if (direction === "newestFirst") {
    const until = Math.min(instant + 1, newest);
    const since = until - width;
    return {
      since: since <= lowest ? Number.NEGATIVE_INFINITY : since,
      until: instant + 1 >= newest ? Number.POSITIVE_INFINITY : instant + 1,
    };
  }
  const since = Math.max(instant, lowest);
  const until = since + width;
  return {
    since: instant <= lowest ? Number.NEGATIVE_INFINITY : instant,
    until: until >= newest ? Number.POSITIVE_INFINITY : until,
  };
}

/** The span of a list with windows before the first or after the last instant that a row can have; null elsewhere. */
export function spanBeyond(
  { instant, direction }: Pick<SpanRequest<Item>, "instant" | "direction">,
  { lowest, newest }: Bounds,
): Span | null {
  if (direction === "newestFirst" && instant < lowest)
    return { since: Number.NEGATIVE_INFINITY, until: lowest };
  if (direction === "oldestFirst" && instant >= newest)
    return { since: newest, until: Number.POSITIVE_INFINITY };
  return null;
}

/**
 * The window that holds every row which starts in `span`: rounded outwards and one full unit of the
 * vendor's precision wider, and longer by the duration of a backup if the vendor may select on the end.
 * `margin` widens it on both sides.
 */
export function windowOf(
  shape: WindowShape,
  { since, until }: Span,
  { lowest, newest }: Bounds,
  margin: number,
): NonNullable<PageQuestion["window"]> {
  const unit = shape.precisionMs;
  const isOpen = shape.open === true;
  const low = (isOpen ? since : Math.max(since, lowest)) - margin;
  const high = (isOpen ? until : Math.min(until, newest)) + margin + shape.longestMs;
  return {
    since: Math.floor(low / unit) * unit - unit,
    until: Math.ceil(high / unit) * unit + unit,
  };
}

/**
 * A row that does not belong in this window, whichever instant the vendor selects on, or that took longer
 * than the declaration allows. Null if the window was honoured.
 */
export function windowBreach<R extends Item>(
  shape: WindowShape,
  window: NonNullable<PageQuestion["window"]>,
  rows: readonly R[],
): R | null {
  // A vendor may compare instants in whole units, rounded down or up.
  const since = window.since - shape.precisionMs;
  const until = window.until + shape.precisionMs;
  const breach = rows.find(({ startedAt, finishedAt }) => {
    if (startedAt === null) return false;
    if (startedAt >= until) return true;
    if (shape.selects === "start") return startedAt < since;
    if (finishedAt === null) return false;
    return finishedAt < since || finishedAt - startedAt > shape.longestMs;
  });
  return breach ?? null;
}

/** The starts of the rows that have one, in their order. */
export const startsOf = (rows: readonly Item[]): number[] =>
  rows.flatMap(({ startedAt }) => startedAt ?? []);

/**
 * The latest instant in `[lowest, since]` that follows `quietMs` without a start, so that no group of rows
 * which start within `quietMs` of its first crosses it. Null if there is none.
 */
export function quietBefore<R extends Item>(
  rows: readonly R[],
  since: number,
  lowest: number,
  quietMs: number,
): number | null {
  const starts = startsOf(rows)
    .filter((at) => at < since && at >= lowest)
    .sort((a, b) => b - a);
  let quiet = since;
  for (const start of starts) {
    if (start < quiet - quietMs) return quiet;
    quiet = start;
  }
  return quiet - quietMs >= lowest ? quiet : null;
}
