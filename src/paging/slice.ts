import { compareKeys, type Key } from "../domain/key.js";
import type { SourceIssueCode } from "../domain/words.js";
import type { Direction } from "./direction.js";

/** Something that was noticed while a slice was read, though the slice itself is whole. */
export interface Notice {
  readonly code: SourceIssueCode;
  readonly message: string;
}

/**
 * A span of a source's order that was read whole: every row of the source that starts in
 * `[since, until)` is here once, newest first. Instants are epoch milliseconds.
 */
export interface Slice<T extends Key> {
  readonly since: number;
  readonly until: number;
  readonly rows: readonly T[];
  /** When the first of its calls was made. */
  readonly asOf: number;
  readonly notices: readonly Notice[];
  /** Served although its time is over, because reading it anew failed. */
  readonly stale: StaleReason | null;
}

/** Why old data is shown. */
export interface StaleReason {
  readonly code: SourceIssueCode;
  readonly message: string;
}

export const holds = (slice: { since: number; until: number }, instant: number): boolean =>
  slice.since <= instant && (instant < slice.until || slice.until === Number.POSITIVE_INFINITY);

/** Sorts rows newest first. */
export const newestFirst = <T extends Key>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => compareKeys(b, a));

/** The instant that a walk asks for next once it has passed `slice`; null at the end of time. */
export function instantAfter(direction: Direction, slice: Slice<Key>): number | null {
  if (direction === "newestFirst")
    return slice.since === Number.NEGATIVE_INFINITY ? null : slice.since - 1;
  return slice.until === Number.POSITIVE_INFINITY ? null : slice.until;
}

/**
 * The index of the first row that a walk from `from` meets in rows sorted newest first:
 * counting up from it for `newestFirst`, counting down for `oldestFirst`.
 */
export function indexAfter(rows: readonly Key[], direction: Direction, from: Key): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeys(rows[middle] as Key, from);
    const before = direction === "newestFirst" ? order >= 0 : order > 0;
    if (before) low = middle + 1;
    else high = middle;
  }
  return direction === "newestFirst" ? low : low - 1;
}
