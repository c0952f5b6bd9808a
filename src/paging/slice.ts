import { compareKeys, type Key } from "../domain/id.js";
import type { SourcePlace } from "../domain/connection.js";
import type { SourceIssueCode } from "../domain/words.js";
import type { SourceError } from "../errors.js";
import type { Direction } from "./direction.js";

/** Something to report about a slice that was read whole, such as a row that could not be decoded. */
export interface Notice {
  readonly code: SourceIssueCode;
  readonly message: string;
}

/**
 * A span of a source's order that was read whole: every row of the source that starts in
 * `[since, until)` is in it once, newest first. Instants are epoch milliseconds.
 */
export interface Slice<T extends Key> {
  readonly since: number;
  readonly until: number;
  readonly rows: readonly T[];
  /** When the first of its calls was made; infinite if no call was needed. */
  readonly asOf: number;
  readonly notices: readonly Notice[];
  /** Rows under way that have no start, and so no place, yet; they have the time of the reading as start. */
  readonly starting?: readonly T[];
  /** Why reading the slice again failed, if it is old and shown for that reason. */
  readonly stale: SourceError | null;
}

/**
 * What reading may use of an operation's remaining calls and time: all of it, or a quarter that all such
 * reads of the operation share.
 */
export type Share = "whole" | "quarter";

/** A list that can be read alone, as a merge sees it. */
export interface MergeSource<T extends Key> {
  /** Unique among the sources of a list; cursors name the source by it. */
  readonly name: string;
  readonly place: SourcePlace;
  /** The first key, in oldest-first order, that a row of this source can have; null for any. */
  readonly low: Key | null;
  /** The last such key. */
  readonly high: Key | null;
  /** How long a slice counts as fresh after it was read. Units: milliseconds. */
  readonly freshMs: number;
  /** The slice that holds `instant`, or why there is none; null if it must be read first. */
  peek(instant: number, direction: Direction): Reading<T> | null;
  /**
   * Reads the slice that holds `instant`. If an old slice is shown (`Slice.stale`), a walk from the
   * newest row may get the nearest slice below the instant.
   *
   * Errors: values; of kind CUT if the operation's own limits, or the share, forbid the call.
   */
  read(instant: number, direction: Direction, share?: Share): Promise<Reading<T>>;
}

/** What reading a source gives. */
export type Reading<T extends Key> = Slice<T> | SourceError;

/** A slice of all time. By default, it needed no call. */
export const wholeSlice = <T extends Key>(
  rows: readonly T[],
  read: Partial<Pick<Slice<T>, "asOf" | "notices" | "stale">> = {},
): Slice<T> => ({
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  rows,
  asOf: Number.POSITIVE_INFINITY,
  notices: [],
  stale: null,
  ...read,
});

/** A source that gives the same answer at every instant. */
export const fixedSource = <T extends Key>(
  about: Pick<MergeSource<T>, "name" | "place">,
  reading: Reading<T>,
): MergeSource<T> => ({
  low: null,
  high: null,
  freshMs: 0,
  ...about,
  peek: () => reading,
  read: async () => reading,
});

export const holds = (slice: { since: number; until: number }, instant: number): boolean =>
  slice.since <= instant && (instant < slice.until || slice.until === Number.POSITIVE_INFINITY);

/** Sorts rows newest first. */
export const newestFirst = <T extends Key>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => compareKeys(b, a));

/** The instant that a walk reads next after `slice`; null at the end of time. */
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
