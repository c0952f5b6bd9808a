import type { Direction } from "../../paging/direction.js";
import type {
  Item,
  ListNotice,
  ListShape,
  PageAnswer,
  PageQuestion,
  PageShape,
  WindowShape,
} from "../shape.js";

/*
 * Where pages and windows lie: which one holds a row or an instant, and which one follows. Pure: it depends on the
 * declared shape of a list, and on nothing that its pages have shown.
 */

/** The position of the first page. */
export const firstPage = ({ page }: ListShape): PageQuestion["at"] =>
  page.style === "offset" ? 0 : page.style === "pageNumber" ? 1 : null;

/** The position of the page that follows one, in pages of one size. */
export function nextPage<R extends Item>(
  { page: shape }: ListShape,
  at: PageQuestion["at"],
  { rows, next }: PageAnswer<R>,
  size: number,
): PageQuestion["at"] {
  if (shape.style === "token") return next;
  if (shape.style === "pageNumber") return Number(at) + 1;
  // A page may have more rows than were requested, if it repeats some.
  return Number(at) + (shape.aligned || rows.length === 0 ? size : Math.min(rows.length, size));
}

/** Where a page begins, and how many rows to ask for. */
export interface PagePlace {
  readonly at: PageQuestion["at"];
  /** The place of its first row in the list. */
  readonly offset: number;
  readonly size: number;
}

/**
 * The page that begins at or before `row` and reaches furthest beyond it. Null if no legal page holds both
 * that row and the next one, or if pages have no places.
 *
 * If an offset must be a multiple of the limit, as with page numbers, another limit moves the edges of the
 * pages: after rows 0 to 99 comes the second page of 99 rows, which begins with row 99.
 */
export function placeAround(page: PageShape, row: number, most: number): PagePlace | null {
  if (page.style === "token" || most < 2) return null;
  if (page.style === "offset" && !page.aligned) return { at: row, offset: row, size: most };
  const sizes = page.sizes ?? Array.from({ length: most }, (_, index) => most - index);
  let best: PagePlace | null = null;
  for (const size of sizes) {
    if (size > most) continue;
    const place = placeOf(page, row, size);
    const reach = place.offset + size;
    if (reach > (best === null ? row + 1 : best.offset + best.size)) best = place;
  }
  return best;
}

/** The page of a size that holds a row, of pages that follow each other without overlapping. */
export function placeOf(page: PageShape, row: number, size: number): PagePlace {
  const pages = Math.floor(row / size);
  const offset = pages * size;
  return { at: page.style === "pageNumber" ? pages + 1 : offset, offset, size };
}

/** The largest legal size of at most `most` rows, or the smallest legal size if all are larger. */
export function legalSize(page: PageShape, most: number): number {
  const least = page.style === "token" ? (page.min ?? 1) : 1;
  if (page.style === "token" || page.sizes === undefined)
    return Math.max(least, Math.min(page.max, most));
  const fitting = page.sizes.filter((size) => size <= most);
  return fitting.length === 0 ? Math.min(...page.sizes) : Math.max(...fitting);
}

/** Vendors may round the sizes of pages to multiples of these numbers. */
const UNITS = [2, 4, 5, 10, 20, 25, 50];

/** Whether a page may be shorter than requested only because the vendor rounds its size: 99 to 90, say. */
export function mayBeRounded(
  { page }: ListShape,
  { length }: readonly Item[],
  size: number,
): boolean {
  if (page.style === "token" || page.sizes !== undefined) return false;
  if (length === 0 || length >= size) return false;
  for (const unit of UNITS) if (length === Math.floor(size / unit) * unit) return true;
  return false;
}

/** How many different rows a page has. */
export const keysOf = (rows: readonly Item[]): number => new Set(rows.map(({ key }) => key)).size;

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
  { instant, direction }: { readonly instant: number; readonly direction: Direction },
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
