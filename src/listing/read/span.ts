import type { Direction } from "../../paging/direction.js";
import type { PageQuestion, WindowShape } from "../shape.js";
import type { Item } from "./ask.js";

/** How far ahead of ours a vendor's clock may be. */
export const AHEAD_MS = 86_400_000;

/** Instants that bound a reading; epoch milliseconds. */
export interface Bounds {
  /** No row is older: the instance's creation, or the end of what is looked back to. */
  readonly lowest: number;
  /** No row is newer, whatever the vendor's clock says: `AHEAD_MS` ahead of ours. */
  readonly newest: number;
}

/** A span of starts `[since, until)` to be read, infinite where it reaches to an end of time. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** The span of a given width that holds `instant`, in the direction in which the walk goes on. */
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

/**
 * The window to ask for so that every row that starts in `span` lies in it: rounded outwards, one full
 * unit of the vendor's precision beyond, and later by as long as a backup may take where the vendor may
 * select on the end. `margin` widens it at both sides.
 */
export function windowOf(
  shape: WindowShape,
  { since, until }: Span,
  { lowest, newest }: Bounds,
  margin: number,
): NonNullable<PageQuestion["window"]> {
  const unit = shape.precisionMs;
  const low = Math.max(since, lowest) - margin;
  const high = Math.min(until, newest) + margin + shape.longestMs;
  return {
    since: Math.floor(low / unit) * unit - unit,
    until: Math.ceil(high / unit) * unit + unit,
  };
}

/**
 * A row that the vendor should not have shown in this window, whichever instant it selects on, or that
 * took longer than the declaration allows for; null where the window was honoured.
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

/**
 * Whether some instant in `[lowest, since]` follows `quietMs` without a start, so that no group of rows
 * which start within `quietMs` of its first crosses it.
 */
export function quietBefore<R extends Item>(
  rows: readonly R[],
  since: number,
  lowest: number,
  quietMs: number,
): number | null {
  const starts = rows
    .map(({ startedAt }) => startedAt)
    .filter((at): at is number => at !== null && at < since && at >= lowest)
    .sort((a, b) => b - a);
  let quiet = since;
  for (const start of starts) {
    if (start < quiet - quietMs) return quiet;
    quiet = start;
  }
  return quiet - quietMs >= lowest ? quiet : null;
}
